/** A check that the drive does not pass; what else is thrown is told as a failure of the check itself. */
class Difference extends Error {}

/** A check that says nothing about this drive or medium. */
class NotApplicable extends Error {}

function expect(condition, message) {
  if (!condition) throw new Difference(message)
}

function equal(actual, expected, what) {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)]
  expect(a === b, `${what}: ${a}, not ${b}`)
}

function notApplicable(why) {
  throw new NotApplicable(why)
}

/** What a command answers, or the drive's refusal. */
async function refusalOf(library, asking) {
  try {
    await asking
    return undefined
  } catch (error) {
    if (error instanceof library.ScsiError) return error
    throw error
  }
}

/** What a command answers; a refusal makes the check say nothing. */
async function answerOf(library, asking, what) {
  try {
    return await asking
  } catch (error) {
    if (error instanceof library.ScsiError) notApplicable(`${what} is refused: ${error.sense?.text ?? error.message}`)
    throw error
  }
}

module.exports = { Difference, NotApplicable, expect, equal, notApplicable, refusalOf, answerOf }
