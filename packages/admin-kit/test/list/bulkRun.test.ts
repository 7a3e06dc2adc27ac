import { describe, expect, test } from 'vitest'
import { type BulkProgress, bulkRun } from '../../src/list/bulkRun.ts'
import type { BulkOutcome } from '../../src/list/listDefinition.ts'

interface Row {
  id: string
}

const rows = (count: number, from = 0): Row[] =>
  Array.from({ length: count }, (_, index) => ({ id: `r${from + index}` }))

function run(
  pages: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>,
  work: (row: Row) => Promise<BulkOutcome>,
  options: { applies?: (row: Row) => boolean; signal?: AbortSignal } = {},
) {
  const told: BulkProgress<Row>[] = []
  const waited: number[] = []
  const succeeded: Row[] = []
  const done = bulkRun<Row>({
    onSuccess: (row) => succeeded.push(row),
    rows: pages,
    of: 10,
    run: work,
    applies: options.applies,
    signal: options.signal ?? new AbortController().signal,
    onProgress: (progress) => told.push(progress),
    wait: async (milliseconds) => void waited.push(milliseconds),
  }).then(() => succeeded)
  return { done, told, waited }
}

describe('a bulk action', () => {
  test('does every row once, a few at a time, and says how far it is', async () => {
    let underWay = 0
    let most = 0
    const { done, told } = run([rows(10), rows(3)], async () => {
      most = Math.max(most, ++underWay)
      await new Promise((resolve) => setImmediate(resolve))
      underWay--
      return {}
    })
    expect((await done).map(({ id }) => id).sort()).toEqual(rows(10).map(({ id }) => id))
    expect(most).toBe(4)
    expect(told.map(({ done }) => done)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10, 10])
    expect(told.at(-1)).toMatchObject({ state: 'finished', of: 10, failed: 0 })
  })

  test('a row that fails stops nothing, and says why', async () => {
    const { done, told } = run([rows(5)], async ({ id }) => {
      if (id === 'r1') return { problem: { message: 'It runs.', code: 'CONFLICT' } }
      if (id === 'r3') throw new Error('The line broke.')
      return {}
    })
    expect((await done).map(({ id }) => id).sort()).toEqual(['r0', 'r2', 'r4'])
    expect(
      told
        .at(-1)
        ?.failures.map(({ row, message }) => `${row.id}: ${message}`)
        .sort(),
    ).toEqual(['r1: It runs.', 'r3: The line broke.'])
  })

  test('rows that it does not apply to are counted, and left alone', async () => {
    const touched: string[] = []
    const { done, told } = run(
      [rows(4)],
      async ({ id }) => {
        touched.push(id)
        return {}
      },
      { applies: ({ id }) => id !== 'r2' },
    )
    await done
    expect(touched).not.toContain('r2')
    expect(told.at(-1)).toMatchObject({ done: 4, skipped: 1 })
  })

  test('stopping begins no further row and no further page', async () => {
    const stopping = new AbortController()
    const pages: number[] = []
    async function* endless() {
      for (let page = 0; ; page++) {
        pages.push(page)
        yield rows(4, page * 4)
      }
    }
    const { done, told } = run(
      endless(),
      async ({ id }) => {
        if (id === 'r5') stopping.abort()
        return {}
      },
      { signal: stopping.signal },
    )
    expect((await done).length).toBeLessThanOrEqual(8)
    expect(pages).toEqual([0, 1])
    expect(told.at(-1)?.state).toBe('canceled')
  })

  test('a server that asks for patience gets it', async () => {
    let refused = 0
    const { done, waited } = run([rows(1)], async () =>
      refused++ < 2 ? { problem: { message: 'Wait.', code: 'RATE_LIMITED' } } : {},
    )
    expect(await done).toHaveLength(1)
    expect(waited).toEqual([1000, 2000])
  })

  test('patience ends', async () => {
    const { done, told } = run([rows(1)], async () => ({ problem: { message: 'Wait.', code: 'RATE_LIMITED' } }))
    expect(await done).toHaveLength(0)
    expect(told.at(-1)?.failures[0]?.message).toBe('Wait.')
  })

  test.each(['UNREACHABLE', 'UNAUTHENTICATED'])('%s breaks it off: no other row would fare better', async (code) => {
    const touched: string[] = []
    const { done, told } = run([rows(50), rows(50, 50)], async ({ id }) => {
      touched.push(id)
      return id === 'r9' ? { problem: { message: 'Nobody answers.', code } } : {}
    })
    const succeeded = await done
    expect(told.at(-1)).toMatchObject({ state: 'canceled', failed: 1, brokenOff: 'Nobody answers.' })
    // It may have been done before the line broke, so it is not tried twice.
    expect(touched.filter((id) => id === 'r9')).toHaveLength(1)
    expect(touched.length).toBeLessThan(20)
    expect(succeeded).toHaveLength(touched.length - 1)
  })

  test('rows that can no longer be read break it off, and what was done is told', async () => {
    async function* pages() {
      yield rows(4)
      throw new Error('The list is gone.')
    }
    const { done, told } = run(pages(), async () => ({}))
    expect(await done).toHaveLength(4)
    expect(told.at(-1)).toMatchObject({ done: 4, state: 'canceled', brokenOff: 'The list is gone.' })
  })

  test('a hundred thousand failures are counted, and those that are shown are few', async () => {
    const { done, told } = run([rows(100_000)], async () => ({ problem: { message: 'No.' } }))
    expect(await done).toEqual([])
    expect(told.at(-1)).toMatchObject({ failed: 100_000, done: 100_000, state: 'finished' })
    expect(told.at(-1)?.failures).toHaveLength(100)
  })
})
