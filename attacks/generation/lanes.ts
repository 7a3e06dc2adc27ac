import fc from 'fast-check'

const full = process.env.ATTACKS === 'full'

/** The short form asks the same each time; the long form something else, and says what to ask again. */
export const seed = Number(process.env.ATTACKS_SEED) || (full ? Date.now() % 2 ** 31 : 8)

/**
 * In lanes beside each other, as requests come.
 *
 * @param send says what is wrong with the answer
 * @throws with the smallest request of a lane that fails, and how
 */
export async function attack<Request>(
  requests: fc.Arbitrary<Request>,
  numRuns: number,
  send: (request: Request) => Promise<string | undefined>,
): Promise<void> {
  const lanes = 4
  const property = fc.asyncProperty(requests, async (request) => {
    const wrong = await send(request)
    if (wrong) throw new Error(wrong)
  })
  const done = await Promise.allSettled(
    Array.from({ length: lanes }, (_, lane) =>
      fc.assert(property, { numRuns: Math.ceil(numRuns / lanes), seed: seed + lane, includeErrorInReport: true }),
    ),
  )
  const failures = done.flatMap((lane) => (lane.status === 'rejected' ? [String(lane.reason)] : []))
  if (failures.length > 0) throw new Error(failures.join('\n\n'))
}
