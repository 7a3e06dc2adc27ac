import { expect, test } from 'vitest'
import { z } from 'zod'
import { BatchedCounts } from '../src/batchedCounts.ts'
import { systemClock } from '../src/clock.ts'
import { testDatabase, testHost } from '../src/testing/index.ts'

const { db, createWorkspace } = await testDatabase()
const host = testHost(db, { settings: z.object({}), clock: systemClock })

test('counts of a workspace are written together; what failed is written with the next, and nothing is lost', async () => {
  const written: Record<string, number[]>[] = []
  let fails = true
  const counts = new BatchedCounts<{ name: string; count: number }>({
    workspace: host.workspace,
    what: 'tests',
    everyMs: 60_000,
    write: async (tx, rows) => {
      if (fails) throw new Error('The database is away')
      written.push({ [tx.workspaceId]: rows.map(({ count }) => count) })
    },
  })
  const [one, other] = [await createWorkspace(), await createWorkspace()]
  const add = (workspaceId: string, name: string) => counts.add(workspaceId, name, () => ({ name, count: 0 }))
  for (const name of ['a', 'a', 'b']) add(one, name)
  add(other, 'a')
  await counts.flush()
  expect(written).toEqual([])
  fails = false
  add(one, 'a')
  await counts.flush()
  expect(written).toEqual([{ [one]: [3, 1] }, { [other]: [1] }])
  await counts.flush()
  expect(written).toHaveLength(2)
})
