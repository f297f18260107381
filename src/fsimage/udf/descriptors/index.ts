import * as allocation from './allocation'
import { characterSpecification } from './character-specification'
import * as entity from './entity-identifier'
import * as attributes from './extended-attribute'
import * as files from './file-entry'
import { fileIdentifierDescriptor } from './file-identifier-descriptor'
import { fileSetDescriptor } from './file-set-descriptor'
import { icbTag, indirectEntry, terminalEntry } from './icb'
import * as maps from './partition-map'
import { pathComponent } from './path-component'
import { allocationExtentDescriptor, spaceBitmapDescriptor } from './space'
import { mapEntry, sparingTable } from './sparing-table'
import { descriptorTag } from './tag'
import { timestamp } from './timestamp'
import * as tables from './virtual-allocation-table'
import * as volume from './volume-descriptors'
import { volumeStructureDescriptor } from './volume-recognition'

/** All structures of ECMA-167 and UDF that are read and written here. */
export const UDF_LAYOUTS = [
  volumeStructureDescriptor,
  descriptorTag,
  timestamp,
  characterSpecification,
  entity.entityIdentifier,
  entity.domainSuffix,
  entity.udfSuffix,
  allocation.extentAd,
  allocation.logicalBlockAddress,
  allocation.shortAd,
  allocation.longAd,
  allocation.extendedAd,
  volume.primaryVolumeDescriptor,
  volume.anchorVolumeDescriptorPointer,
  volume.volumeDescriptorPointer,
  volume.implementationUseVolumeDescriptor,
  volume.partitionDescriptor,
  volume.logicalVolumeDescriptor,
  volume.unallocatedSpaceDescriptor,
  volume.terminatingDescriptor,
  volume.logicalVolumeIntegrityDescriptor,
  volume.integrityImplementationUse,
  volume.partitionMap,
  maps.type1PartitionMap,
  maps.type2PartitionMap,
  maps.sparablePartitionMap,
  maps.metadataPartitionMap,
  fileSetDescriptor,
  icbTag,
  indirectEntry,
  terminalEntry,
  files.fileEntry,
  files.extendedFileEntry,
  files.unallocatedSpaceEntry,
  fileIdentifierDescriptor,
  allocationExtentDescriptor,
  spaceBitmapDescriptor,
  tables.virtualAllocationTable150,
  tables.virtualAllocationTable200,
  tables.virtualAllocationTableExtension,
  mapEntry,
  sparingTable,
  attributes.extendedAttributeHeaderDescriptor,
  attributes.extendedAttribute,
  attributes.fileTimesAttribute,
  attributes.deviceSpecificationAttribute,
  attributes.implementationUseAttribute,
  pathComponent,
] as const
