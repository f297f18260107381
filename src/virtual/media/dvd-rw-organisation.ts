import { invalidFieldInParameterList } from '../check-condition'
import type { Medium, Operation } from './medium'
import { roundUp } from './medium'

const BLOCKING_FACTOR = 16

/** Makes a DVD-RW blank and sequential; `minimally` leaves disc at once as the only way to record it. */
export async function blankDvdRw({ disc, state }: Medium, minimally: boolean): Promise<void> {
  await disc.erase()
  state.organisation = 'sequential'
  state.media = 'dvd-rw'
  state.sessions = []
  state.tracks = []
  state.recorded = []
  state.finalized = false
  state.formatted = null
  if (minimally) state.minimallyBlanked = true
  else delete state.minimallyBlanked
}

/**
 * FORMAT UNIT of a DVD-RW: to restricted overwrite mode, or a longer or another border in it (MMC-6 table 290).
 *
 * @throws {CheckCondition} for format types and sizes that a DVD-RW does not take
 */
export function formatDvdRw(medium: Medium, request: { blocks: number; type: number }): Operation {
  const { disc, state } = medium
  const { type } = request
  const capacity = state.capacityBlocks
  const whole = type === 0x00 || type === 0x10
  const quick = type === 0x15
  const grow = type === 0x11 || type === 0x13
  const add = type === 0x12 || type === 0x14
  if (!whole && !quick && !grow && !add) throw invalidFieldInParameterList(8)
  if ((grow || add) && state.organisation !== 'restricted-overwrite') throw invalidFieldInParameterList(8)
  // The sizes that mean "as much as there is": 0 and FFFFFFFFh, both sent by programs in use.
  const blocks = request.blocks === 0xffffffff ? capacity : roundUp(request.blocks, BLOCKING_FACTOR)
  if (blocks > capacity) throw invalidFieldInParameterList(4)
  return {
    seconds: whole ? 3600 : 60,
    formatting: true,
    complete: async () => {
      if (whole || quick) {
        await disc.erase()
        state.recorded = []
        state.sessions = []
        state.tracks = []
      }
      const formatted = state.formatted?.blocks ?? 0
      state.organisation = 'restricted-overwrite'
      state.media = 'dvd-rw-ro'
      state.finalized = false
      delete state.minimallyBlanked
      state.formatted = {
        type,
        blocks: whole ? blocks || capacity : quick ? blocks : Math.min(capacity, formatted + blocks),
        intermediate: !whole,
      }
      await disc.commit()
    },
  }
}
