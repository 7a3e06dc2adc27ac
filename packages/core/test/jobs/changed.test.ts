import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineJob } from '../../src/jobs/defineJob.ts'
import { testDatabase } from '../../src/testing/index.ts'
import { gate, startHouse } from './house.ts'

const { db, createWorkspace } = await testDatabase()

const told: string[] = []
let begun = gate()
let end = gate()
const work = defineJob({
  name: 'test.work',
  input: z.object({ fails: z.boolean() }),
  retry: { limit: 0 },
  run: async ({ fails }) => {
    begun.resolve()
    await end.promise
    if (fails) throw new Error('It does not work.')
  },
})
const { queue, contexts } = await startHouse(db, { jobs: [work], changed: (workspaceId) => told.push(workspaceId) })
const workspaceId = await createWorkspace()
const context = contexts.workspace(workspaceId, { type: 'system', name: 'test' })

test.each([false, true])(
  'that a job was queued, begins and ends is told to its workspace (it fails: %s)',
  async (fails) => {
    told.length = 0
    begun = gate()
    end = gate()
    await context.enqueue(work, { fails })
    await begun.promise
    expect(told).toEqual([workspaceId, workspaceId])
    end.resolve()
    await expect.poll(() => told).toEqual([workspaceId, workspaceId, workspaceId])
  },
)

test('a job is told of when its transaction has committed, and not at all when it has not', async () => {
  told.length = 0
  begun = gate()
  end = gate()
  const broken = context.sqlTransaction(async (tx) => {
    await tx.enqueue(work, { fails: false })
    throw new Error('Never mind.')
  })
  await expect(broken).rejects.toThrow('Never mind.')
  await context.sqlTransaction(async (tx) => {
    await tx.enqueue(work, { fails: false })
    expect(told).toEqual([])
  })
  expect(told.length).toBeGreaterThan(0)
  await begun.promise
  end.resolve()
  await expect.poll(() => told).toHaveLength(3)
})

test('a job that is retried is told of', async () => {
  told.length = 0
  begun = gate()
  end = gate()
  end.resolve()
  const id = (await context.enqueue(work, { fails: true })) as string
  const status = async () =>
    (
      await context.db.query<{ state: string }>({
        text: 'select state::text from pgboss.job where id = $1',
        values: [id],
      })
    )[0]?.state
  await expect.poll(status).toBe('failed')
  await expect.poll(() => told).toHaveLength(3)
  told.length = 0
  await queue.retry(context.db, id)
  expect(told[0]).toBe(workspaceId)
})
