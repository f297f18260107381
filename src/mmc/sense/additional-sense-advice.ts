/** What to do about one additional sense code; without `key` or `ascq`, whatever those are. The first that fits counts. */
export interface AdditionalSenseAdvice {
  readonly key?: readonly number[]
  readonly asc: number
  readonly ascq?: readonly number[]
  readonly advice: string
}

const UNREADABLE =
  'The block cannot be read: clean the disc, read at a lower speed, or try another drive; at the end of a CD track these may be run-out blocks without data.'
const CALIBRATION_AREA =
  'The disc has no room left for calibration: what is recorded stays readable, nothing more can be written.'
const INCOMPATIBLE =
  'This drive cannot use this medium, or not in this way: check its profile and the features that are current.'

/** Advice for the codes that matter to optical drives. */
export const ADDITIONAL_SENSE_ADVICE: readonly AdditionalSenseAdvice[] = [
  { asc: 0x00, ascq: [0x16], advice: 'An operation is under way: wait for it; REQUEST SENSE tells its progress.' },
  {
    asc: 0x02,
    advice: 'The pick-up did not get there: clean the disc; if other discs fail as well, the drive is worn.',
  },
  {
    asc: 0x04,
    ascq: [0x00],
    advice: 'Wait some seconds and try again; a disc that stays so is damaged or unknown to the drive.',
  },
  { asc: 0x04, ascq: [0x01], advice: 'The disc is being spun up or calibrated: wait, up to two minutes.' },
  { asc: 0x04, ascq: [0x02], advice: 'Spin the disc up with START STOP UNIT (the load command), then wait.' },
  { asc: 0x04, ascq: [0x03], advice: 'The drive needs a hand: open and close the tray, or reseat the disc.' },
  {
    asc: 0x04,
    ascq: [0x04],
    advice: 'The medium is being formatted: wait; a background format can be stopped by closing it.',
  },
  { asc: 0x04, ascq: [0x07], advice: 'Closing, erasing or another long operation is still under way: wait for it.' },
  { asc: 0x04, ascq: [0x08], advice: "The drive's buffer is full: send the same WRITE again after a short wait." },
  { asc: 0x04, ascq: [0x09], advice: 'The drive tests itself: wait.' },
  { asc: 0x05, advice: 'The drive does not answer: check cable and power, then reset it.' },
  { asc: 0x06, advice: 'The drive finds no reference on the disc: clean it, or take it as unusable.' },
  { asc: 0x08, advice: 'The drive was reached badly: check the cable, the bridge and its power.' },
  { asc: 0x09, advice: 'The laser lost track or focus: clean the disc; at reading take the block as unreadable.' },
  { asc: 0x0c, ascq: [0x01, 0x0a], advice: 'The write went through with help from the drive; verify the disc.' },
  { asc: 0x0c, ascq: [0x09], advice: 'Data came too late or the disc was too slow: write at a lower speed.' },
  {
    asc: 0x0c,
    advice:
      'Writing failed at this place: on a write-once disc close the track to keep what is recorded; try a lower speed or another brand of disc.',
  },
  { asc: 0x11, advice: UNREADABLE },
  {
    asc: 0x15,
    advice: 'The pick-up could not be placed: clean the disc; if other discs fail as well, the drive is worn.',
  },
  { asc: 0x17, advice: 'The data are right, after retries: the disc begins to fail, copy it soon.' },
  { asc: 0x18, advice: 'The data are right, after correction: the disc begins to fail, copy it soon.' },
  { asc: 0x1a, advice: 'The drive wants a parameter list of another length: send the length that MODE SENSE gave.' },
  {
    asc: 0x20,
    ascq: [0x00],
    advice: 'The drive does not have this command; GET CONFIGURATION tells which features it has.',
  },
  { asc: 0x21, ascq: [0x00], advice: 'The block lies beyond what is recorded or formatted.' },
  { asc: 0x21, ascq: [0x02], advice: 'Writing goes on elsewhere: ask for the next writable address again.' },
  { asc: 0x21, ascq: [0x03], advice: 'One WRITE must not cross the layer jump: split it there.' },
  {
    asc: 0x24,
    ascq: [0x00],
    advice: 'The drive does not know this form of the command, or the medium lacks what it asks about.',
  },
  {
    asc: 0x26,
    advice: 'A value in the parameters does not suit the medium: see the field that the sense data point at.',
  },
  {
    asc: 0x27,
    advice: 'The medium or the drive is write protected: check the cartridge tab and the write protection status.',
  },
  { asc: 0x28, advice: 'The medium may be another one: all that was known of it is void.' },
  { asc: 0x29, advice: 'The drive was reset and forgot its settings; a recording under way is lost.' },
  { asc: 0x2a, advice: "The drive's parameters were changed: read them again." },
  {
    asc: 0x2c,
    ascq: [0x00],
    advice:
      'A command came out of order: write parameters, a reservation or a cue sheet are missing, or something else used the drive while it was recording.',
  },
  { asc: 0x2e, advice: 'The drive cannot do it in the time allowed: choose a lower speed.' },
  { asc: 0x30, ascq: [0x05], advice: 'This medium cannot be written by this drive in its present state.' },
  { asc: 0x30, ascq: [0x06], advice: 'This medium cannot be formatted by this drive.' },
  { asc: 0x30, ascq: [0x07], advice: 'Clean the drive with a cleaning disc.' },
  { asc: 0x30, ascq: [0x09], advice: 'The session is not closed: close it in the drive that wrote it.' },
  { asc: 0x30, ascq: [0x10], advice: 'Format the medium first.' },
  { asc: 0x30, advice: INCOMPATIBLE },
  { asc: 0x31, advice: 'The format is damaged or incomplete: format the medium again.' },
  { asc: 0x32, advice: 'The spare area is used up: format with more spare, or replace the medium.' },
  { asc: 0x3a, ascq: [0x01], advice: 'Put a disc in.' },
  { asc: 0x3a, ascq: [0x02], advice: 'Close the tray, with a disc in it.' },
  { asc: 0x3a, advice: 'Put a disc in and close the tray.' },
  { asc: 0x3e, advice: 'The drive reports a fault of its own: switch it off and on; if it stays, it is broken.' },
  { asc: 0x3f, ascq: [0x01], advice: "The drive's firmware was changed: open the drive anew." },
  { asc: 0x3f, ascq: [0x03], advice: "The drive's identity was changed: open the drive anew." },
  { asc: 0x44, advice: 'The drive reports a fault of its own: switch it off and on; if it stays, it is broken.' },
  { asc: 0x47, advice: 'Data were damaged on their way: check the cable and the bridge.' },
  { asc: 0x4b, advice: 'Data were damaged on their way: check the cable and the bridge.' },
  {
    asc: 0x51,
    advice: 'Erasing failed: erase the whole disc, not the quick way; a disc that fails again is worn out.',
  },
  {
    asc: 0x53,
    ascq: [0x02],
    advice: 'The tray is locked: allow medium removal, or end the program that holds the drive.',
  },
  { asc: 0x53, advice: 'The tray did not move: check that nothing blocks it.' },
  { asc: 0x57, advice: 'The table of contents cannot be read: the disc is blank, not closed, or damaged.' },
  { asc: 0x5a, ascq: [0x01], advice: 'Someone pressed the eject button.' },
  { asc: 0x5d, advice: 'The drive expects to fail, or the medium runs out of spare blocks: copy what matters.' },
  { asc: 0x63, ascq: [0x00], advice: 'The track is full: the data do not fit.' },
  { asc: 0x63, ascq: [0x01], advice: 'The packet does not fit into what is left.' },
  {
    asc: 0x64,
    ascq: [0x00],
    advice:
      'Write parameters do not suit the track, or a block of another kind was read (audio as data, data as audio, run-out); a DVD-RW that was blanked minimally takes disc-at-once only.',
  },
  { asc: 0x64, ascq: [0x01], advice: 'Write whole packets: 16 blocks on DVD.' },
  { asc: 0x6f, ascq: [0x04, 0x05], advice: 'The region of the disc is not that of the drive.' },
  { asc: 0x6f, advice: 'The content is protected: it cannot be read without authentication.' },
  { asc: 0x72, ascq: [0x03], advice: 'Close the open track first, then the session.' },
  { asc: 0x72, ascq: [0x04], advice: 'Write or pad the reserved track first, then close.' },
  { asc: 0x72, ascq: [0x05], advice: 'No further track can be reserved: close the session.' },
  {
    asc: 0x72,
    advice: 'Closing failed: the tracks are recorded, but other drives may not find them; try to close once more.',
  },
  { asc: 0x73, ascq: [0x01, 0x06, 0x10], advice: 'Few writings are left for this disc: plan for its last session.' },
  { asc: 0x73, advice: CALIBRATION_AREA },
]
