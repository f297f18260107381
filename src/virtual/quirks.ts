/** Ways in which drives in the field differ from the standard, by name. */
export const QUIRKS = {
  'closed-bd-r-as-bd-rom': 'A finalized BD-R has the profile of a BD-ROM (ASUS BW-16D1HT, HL-DT-ST BU40N).',
  'closed-dvd-as-dvd-rom': 'A finalized DVD-R or DVD+R has the profile of a DVD-ROM.',
  'no-invisible-track-number': 'READ TRACK INFORMATION of track FFh is refused with 5/24/00.',
  'blank-next-writable-address-150': 'A blank CD or BD-R gives -150 as next writable address (Pioneer BDR-205).',
  'no-track-information-when-complete': 'READ TRACK INFORMATION on a full disc is refused with 5/24/00 (hp dvd200i).',
  'no-read-disc-information': 'READ DISC INFORMATION is unknown, 5/20/00 (DVD-ROM drives, old QEMU).',
  'capabilities-page-zero-speeds': 'Mode page 2Ah gives zeros for all speeds (Lite-On).',
  'no-write-speed-descriptors': 'GET PERFORMANCE type 03h lists no speeds (LG).',
  'no-session-at-once': 'The CD Mastering feature says that no session at once is recorded: track by track only.',
  'close-answers-early': 'TEST UNIT READY is good while CLOSE and SYNCHRONIZE CACHE still run (Pioneer).',
  'written-dvd-plus-rw-status': 'A DVD+RW gives a background format status of "none" once it is complete.',
  'every-feature-answered': 'GET CONFIGURATION of one feature answers with all of them.',
  'profile-none-with-disc': 'GET CONFIGURATION gives profile 0000h though there is a disc.',
  'session-format-as-standard': 'READ TOC format 1 always tells of one session, as MMC has it for DVD and BD.',
} as const

export type Quirk = keyof typeof QUIRKS
