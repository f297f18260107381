import {
  deviceIdentificationPage,
  inquiry,
  standardInquiryData,
  supportedVitalProductDataPages,
  unitSerialNumberPage,
} from '../../mmc/commands/inquiry'
import { lunList, reportLuns } from '../../mmc/commands/report-luns'
import { requestSense } from '../../mmc/commands/request-sense'
import { encodeDescriptorSense, encodeFixedSense, invalidFieldInCdb } from '../check-condition'
import { always, type CommandRule } from '../command-rule'
import type { LogicalUnit } from '../logical-unit'

const CD_DVD_DEVICE = 5
const SPC_3 = 5
/** Version descriptors: SAM-3, SPC-3, MMC-6 (no version claimed). */
const STANDARDS = [0x0060, 0x0300, 0x04e0]
/** Standard INQUIRY data up to the last version descriptor, without the reserved rest. */
const INQUIRY_BYTES = 96

export const VENDOR = 'SCSI-MMC'
export const PRODUCT = 'VIRTUAL BD-RE'
export const REVISION = '1.00'
export const SERIAL_NUMBER = 'V000000001'

const text = (value: string) => Uint8Array.from(value, character => character.charCodeAt(0) & 0x7f)

function standardData({ options }: LogicalUnit): Uint8Array {
  return standardInquiryData.encode(
    {
      peripheralDeviceType: CD_DVD_DEVICE,
      removableMedium: true,
      version: SPC_3,
      responseDataFormat: 2,
      vendorIdentification: (options.vendor ?? VENDOR).slice(0, 8),
      productIdentification: (options.product ?? PRODUCT).slice(0, 16),
      productRevisionLevel: (options.revision ?? REVISION).slice(0, 4),
      versionDescriptors: Array.from({ length: 8 }, (_, index) => ({ versionDescriptor: STANDARDS[index] ?? 0 })),
      additionalLength: INQUIRY_BYTES - 5,
    },
    INQUIRY_BYTES,
  )
}

function vitalProductData(unit: LogicalUnit, pageCode: number): Uint8Array {
  const head = { peripheralDeviceType: CD_DVD_DEVICE, pageCode }
  const serial = unit.options.serialNumber ?? SERIAL_NUMBER
  switch (pageCode) {
    case 0x00:
      return supportedVitalProductDataPages.encode({
        ...head,
        supportedPageList: [{ pageCode: 0x00 }, { pageCode: 0x80 }, { pageCode: 0x83 }],
      })
    case 0x80:
      return unitSerialNumberPage.encode({ ...head, productSerialNumber: serial })
    case 0x83: {
      const vendor = (unit.options.vendor ?? VENDOR).slice(0, 8).padEnd(8)
      const product = (unit.options.product ?? PRODUCT).slice(0, 16).padEnd(16)
      return deviceIdentificationPage.encode({
        ...head,
        designationDescriptors: [
          { codeSet: 'ascii', designatorType: 't10-vendor-id', designator: text(vendor + product + serial) },
        ],
      })
    }
    default:
      throw invalidFieldInCdb(2)
  }
}

/** INQUIRY, REQUEST SENSE, REPORT LUNS: who is there, and how it is. */
export const INQUIRY_RULES: readonly CommandRule[] = [
  always(inquiry, ({ unit, cdb }) => {
    const { enableVitalProductData, pageCode } = inquiry.cdbLayout.decode(cdb)
    if (enableVitalProductData) return vitalProductData(unit, pageCode ?? 0)
    if (pageCode !== 0) throw invalidFieldInCdb(2)
    return standardData(unit)
  }),
  {
    ...always(requestSense, ({ unit, cdb }) => {
      const sense = unit.takeSense()
      const { descriptorFormat } = requestSense.cdbLayout.decode(cdb)
      return descriptorFormat ? encodeDescriptorSense(sense) : encodeFixedSense(sense)
    }),
    attention: 'kept-with-sense',
  },
  always(reportLuns, () => lunList.encode({ luns: [{ lun: new Uint8Array(8) }] })),
]
