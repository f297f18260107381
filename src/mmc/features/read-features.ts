import { flag, u16, u32 } from '../../layout'
import { feature } from './feature'

/** Random Readable (0010h): any block can be read. */
export const randomReadableFeature = feature(
  0x0010,
  'Random Readable',
  0,
  '5.3.6',
  { logicalBlockSize: u32(4), blocking: u16(8), pagePresent: flag(10, 0).named('PP') },
  12,
)

/** Multi-read (001Dh): reads all CD kinds (OSTA MultiRead). */
export const multiReadFeature = feature(0x001d, 'Multi-read', 0, '5.3.7', {})

/** CD Read (001Eh). */
export const cdReadFeature = feature(
  0x001e,
  'CD Read',
  2,
  '5.3.8',
  { digitalAudioPlay: flag(4, 7).named('DAP'), c2Flags: flag(4, 1), cdText: flag(4, 0).named('CD-Text') },
  8,
)

/** DVD Read (001Fh). */
export const dvdReadFeature = feature(
  0x001f,
  'DVD Read',
  1,
  '5.3.9',
  { multi110: flag(4, 0).named('MULTI110'), dualRw: flag(6, 1).named('Dual-RW'), dualR: flag(6, 0).named('Dual-R') },
  8,
)

const classBitmaps = {
  bdReClass0: u16(8).named('Class 0 RE Bitmap'),
  bdReClass1: u16(10).named('Class 1 RE Bitmap'),
  bdReClass2: u16(12).named('Class 2 RE Bitmap'),
  bdReClass3: u16(14).named('Class 3 RE Bitmap'),
  bdRClass0: u16(16).named('Class 0 R Bitmap'),
  bdRClass1: u16(18).named('Class 1 R Bitmap'),
  bdRClass2: u16(20).named('Class 2 R Bitmap'),
  bdRClass3: u16(22).named('Class 3 R Bitmap'),
}

/** BD Read (0040h): which classes and versions of BD can be read, a bit per version. */
export const bdReadFeature = feature(
  0x0040,
  'BD Read',
  1,
  '5.3.36',
  {
    burstCuttingArea: flag(4, 0).named('BCA'),
    ...classBitmaps,
    bdRomClass0: u16(24).named('Class 0 ROM Bitmap'),
    bdRomClass1: u16(26).named('Class 1 ROM Bitmap'),
    bdRomClass2: u16(28).named('Class 2 ROM Bitmap'),
    bdRomClass3: u16(30).named('Class 3 ROM Bitmap'),
  },
  32,
)

/** BD Write (0041h): which classes and versions of BD can be written, a bit per version. */
export const bdWriteFeature = feature(
  0x0041,
  'BD Write',
  1,
  '5.3.37',
  { supportsVerifyNotRequired: flag(4, 0).named('SVNR'), ...classBitmaps },
  24,
)

/** HD DVD Read (0050h). */
export const hdDvdReadFeature = feature(
  0x0050,
  'HD DVD Read',
  0,
  '5.3.39',
  { hdDvdR: flag(4, 0).named('HD DVD-R'), hdDvdRam: flag(6, 0).named('HD DVD-RAM') },
  8,
)

/** HD DVD Write (0051h). */
export const hdDvdWriteFeature = feature(
  0x0051,
  'HD DVD Write',
  0,
  '5.3.40',
  { hdDvdR: flag(4, 0).named('HD DVD-R'), hdDvdRam: flag(6, 0).named('HD DVD-RAM') },
  8,
)

/** HD DVD-RW Fragment Recording (0052h). */
export const hdDvdRwFragmentRecordingFeature = feature(
  0x0052,
  'HD DVD-RW Fragment Recording',
  0,
  '5.3.41',
  { backgroundPadding: flag(4, 0).named('BGP') },
  8,
)

/** Hybrid Disc (0080h): discs with layers of several formats. */
export const hybridDiscFeature = feature(
  0x0080,
  'Hybrid Disc',
  0,
  '5.3.42',
  { resetImmunity: flag(4, 0).named('RI') },
  8,
)

/** DDCD Read (0030h), of MMC-3. */
export const ddcdReadFeature = feature(0x0030, 'DDCD Read', 0, '5.3.27', {})
