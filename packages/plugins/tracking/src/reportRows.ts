import { type SqlContext, UnavailableError } from '@espalier/core'

/** How many of the ten connections of a process reports have at most: whoever reads a list or changes something has the others. */
const share = 6

/** How long a report waits for its turn: as long as anything waits for a connection. Milliseconds. */
const patienceMs = 10_000

let running = 0
const waiting = new Set<() => void>()

/**
 * Rows of a statement that sums up what may be many counts. Reports of a process take turns, so that slow ones hold up each other
 * and nothing else.
 *
 * @throws UnavailableError where it was not its turn within 10 s
 */
export async function reportRows<Row extends object>(
  context: SqlContext,
  statement: Parameters<SqlContext['db']['query']>[0],
): Promise<Row[]> {
  // Whoever has a connection in hand must not wait for those who wait for one.
  if (context.db.inTransaction) return context.db.query<Row>(statement)
  await myTurn()
  try {
    return await context.db.query<Row>(statement)
  } finally {
    running--
    const [next] = waiting
    next?.()
  }
}

function myTurn(): Promise<void> {
  if (running < share) {
    running++
    return Promise.resolve()
  }
  return new Promise((resolve, reject) => {
    const giveUp = setTimeout(() => {
      waiting.delete(begin)
      reject(
        new UnavailableError(
          new Error(`${share} reports are read at a time, and none of them ended in ${patienceMs} ms.`),
        ),
      )
    }, patienceMs)
    const begin = () => {
      clearTimeout(giveUp)
      waiting.delete(begin)
      running++
      resolve()
    }
    waiting.add(begin)
  })
}
