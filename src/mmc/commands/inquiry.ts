import { ascii, asciiRest, bits, choice, flag, layout, list, rest, u8, u16 } from '../../layout'
import { command, seconds } from '../command'

/** A standard that the device claims conformance with, by T10's number for it (SPC-4 6.6.2, version descriptors). */
export const versionDescriptor = layout('Version Descriptor', { versionDescriptor: u16(0) }, { clause: 'SPC-4 6.6.2' })

const PERIPHERAL_DEVICE_TYPES = {
  0: 'direct access block device',
  5: 'CD/DVD device',
  7: 'optical memory device',
  8: 'media changer device',
  12: 'storage array controller device',
  14: 'simplified direct access device',
  31: 'unknown or no device type',
}

const peripheral = {
  peripheralQualifier: bits(0, 7, 5),
  peripheralDeviceType: bits(0, 4, 0).means(PERIPHERAL_DEVICE_TYPES),
}

/** Standard INQUIRY data (SPC-4 6.6.2): who the device is. */
export const standardInquiryData = layout(
  'Standard INQUIRY Data',
  {
    ...peripheral,
    removableMedium: flag(1, 7),
    version: u8(2).means({ 0: 'no standard claimed', 2: 'SCSI-2', 3: 'SPC', 4: 'SPC-2', 5: 'SPC-3', 6: 'SPC-4' }),
    normalAca: flag(3, 5).named('Normal ACA Supported'),
    hierarchicalSupport: flag(3, 4),
    responseDataFormat: bits(3, 3, 0),
    additionalLength: u8(4),
    sccSupported: flag(5, 7).named('SCC Supported'),
    protect: flag(5, 0),
    multiPort: flag(6, 4),
    commandQueuing: flag(7, 1),
    vendorIdentification: ascii(8, 8).named('T10 Vendor Identification'),
    productIdentification: ascii(16, 16),
    productRevisionLevel: ascii(32, 4),
    vendorSpecific: ascii(36, 20),
    versionDescriptors: list(58, versionDescriptor, { count: () => 8 }),
  },
  { announced: { field: 'additionalLength', excludes: 5 }, length: 36, clause: 'SPC-4 6.6.2' },
)

const inquiryCdb = {
  enableVitalProductData: flag(1, 0),
  pageCode: u8(2),
  allocationLength: u16(3),
}

/** INQUIRY (12h): who the device is. */
export const inquiry = command({
  name: 'INQUIRY',
  opcode: 0x12,
  clause: 'SPC-4 6.6',
  access: 'read',
  timeoutMs: seconds(10),
  cdb: inquiryCdb,
  variant: { enableVitalProductData: false },
  reply: standardInquiryData,
  firstLength: 36,
})

const pageHeader = { ...peripheral, pageCode: u8(1), pageLength: u16(2) }
const announced = { field: 'pageLength', excludes: 4 } as const

/** Any vital product data page (SPC-4 7.8). */
export const vitalProductDataPage = layout(
  'Vital Product Data Page',
  { ...pageHeader, pageData: rest(4) },
  { announced, clause: 'SPC-4 7.8' },
)

const supportedPage = layout('Supported Page', { pageCode: u8(0) })

/** Supported VPD Pages page, 00h (SPC-4 7.8.14). */
export const supportedVitalProductDataPages = layout(
  'Supported VPD Pages Page',
  { ...pageHeader, supportedPageList: list(4, supportedPage) },
  { announced, clause: 'SPC-4 7.8.14' },
)

/** Unit Serial Number page, 80h (SPC-4 7.8.15). */
export const unitSerialNumberPage = layout(
  'Unit Serial Number Page',
  { ...pageHeader, productSerialNumber: asciiRest(4) },
  { announced, clause: 'SPC-4 7.8.15' },
)

/** One designation descriptor of the Device Identification page (SPC-4 7.8.5). */
export const designationDescriptor = layout(
  'Designation Descriptor',
  {
    protocolIdentifier: bits(0, 7, 4),
    codeSet: choice(0, 3, 0, { 1: 'binary', 2: 'ascii', 3: 'utf-8' }),
    protocolIdentifierValid: flag(1, 7),
    association: choice(1, 5, 4, ['logical-unit', 'target-port', 'target-device', 'reserved']),
    designatorType: choice(1, 3, 0, {
      0: 'vendor-specific',
      1: 't10-vendor-id',
      2: 'eui-64',
      3: 'naa',
      4: 'relative-target-port',
      5: 'target-port-group',
      6: 'logical-unit-group',
      7: 'md5-logical-unit',
      8: 'scsi-name',
    }),
    designatorLength: u8(3),
    designator: rest(4),
  },
  { announced: { field: 'designatorLength', excludes: 4 }, clause: 'SPC-4 7.8.5' },
)

/** Device Identification page, 83h (SPC-4 7.8.5). */
export const deviceIdentificationPage = layout(
  'Device Identification Page',
  {
    ...pageHeader,
    designationDescriptors: list(4, designationDescriptor, { stride: from => (from[3] ?? 0) + 4 }),
  },
  { announced, clause: 'SPC-4 7.8.5' },
)

const vitalProductData = {
  name: 'INQUIRY',
  opcode: 0x12,
  clause: 'SPC-4 7.8',
  access: 'read',
  timeoutMs: seconds(10),
  cdb: inquiryCdb,
  firstLength: 4,
} as const

/** INQUIRY (12h) with EVPD: any vital product data page by its code. */
export const inquiryVitalProductData = command({
  ...vitalProductData,
  variant: { enableVitalProductData: true },
  reply: vitalProductDataPage,
})

/** INQUIRY (12h), VPD page 00h: which VPD pages there are. */
export const inquirySupportedVitalProductDataPages = command({
  ...vitalProductData,
  variant: { enableVitalProductData: true, pageCode: 0x00 },
  reply: supportedVitalProductDataPages,
})

/** INQUIRY (12h), VPD page 80h: the drive's serial number. */
export const inquiryUnitSerialNumber = command({
  ...vitalProductData,
  variant: { enableVitalProductData: true, pageCode: 0x80 },
  reply: unitSerialNumberPage,
})

/** INQUIRY (12h), VPD page 83h: names of the logical unit, its ports and its device. */
export const inquiryDeviceIdentification = command({
  ...vitalProductData,
  variant: { enableVitalProductData: true, pageCode: 0x83 },
  reply: deviceIdentificationPage,
})
