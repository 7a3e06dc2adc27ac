import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineJob } from '../../src/jobs/defineJob.ts'
import { findJob } from '../../src/jobs/ledger.ts'
import { eventually } from '../../src/testing/eventually.ts'
import { testDatabase } from '../../src/testing/index.ts'
import { gate, startHouse } from './house.ts'

const { db, createWorkspace } = await testDatabase()
const workspaceId = await createWorkspace()
const own = db.workspace(workspaceId)

/** A house with one job, which waits for the gate that its input names, and says when it has begun. */
async function houseWithWork() {
  const begun = gate()
  const end = gate()
  const ended: string[] = []
  const work = defineJob({
    name: 'test.work',
    input: z.object({ heeds: z.boolean() }),
    concurrency: 1,
    run: async ({ heeds }, _context, _service, { signal }) => {
      begun.resolve()
      await new Promise<void>((resolve, reject) => {
        end.promise.then(resolve)
        if (heeds) signal.addEventListener('abort', () => reject(signal.reason))
      })
      ended.push('ended')
    },
  })
  const { queue, contexts } = await startHouse(db, { jobs: [work] })
  const enqueue = async (heeds: boolean) =>
    (await contexts.workspace(workspaceId, { type: 'system', name: 'test' }).enqueue(work, { heeds })) as string
  return { queue, begun, end, ended, enqueue }
}

test('stopping waits for the runs under way and takes no new ones', async () => {
  const { queue, begun, end, ended, enqueue } = await houseWithWork()
  const running = await enqueue(false)
  const next = await enqueue(false)
  await begun.promise
  const stopped = queue.stop({ graceMs: 20_000 })
  end.resolve()
  await stopped
  expect(ended).toEqual(['ended'])
  expect(await findJob(own, running)).toMatchObject({ status: 'completed' })
  expect(await findJob(own, next)).toMatchObject({ status: 'queued', attempts: 0 })
})

test('a run that does not finish in time is aborted and given back, and the attempt does not count', async () => {
  const first = await houseWithWork()
  first.end.resolve()
  await eventually(() => expect(first.ended).toHaveLength(1))
  await first.queue.stop({ graceMs: 20_000 })

  const second = await houseWithWork()
  const id = await second.enqueue(true)
  await second.begun.promise
  await second.queue.stop({ graceMs: 0 })
  expect(await findJob(own, id)).toMatchObject({ status: 'retrying', error: null, maxAttempts: 7 })

  const third = await houseWithWork()
  third.end.resolve()
  await eventually(async () => expect(await findJob(own, id)).toMatchObject({ status: 'completed' }))
  // Or it would take what the next test leaves on the queue.
  await third.queue.stop({ graceMs: 20_000 })
})

test('a queue that has stopped to work still takes jobs, for others to run', async () => {
  const { queue, enqueue } = await houseWithWork()
  await queue.stopWork({ graceMs: 20_000 })
  expect(await findJob(own, await enqueue(true))).toMatchObject({ status: 'queued' })
})

test('a queue that has stopped refuses jobs with the way out', async () => {
  const { queue, enqueue } = await houseWithWork()
  await queue.stop({ graceMs: 0 })
  await expect(enqueue(true)).rejects.toThrow('the queue is not open')
})
