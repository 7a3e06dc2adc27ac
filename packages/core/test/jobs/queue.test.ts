import { expect, test } from 'vitest'
import { z } from 'zod'
import { sql } from '../../src/data/sql.ts'
import { defineJob, defineSystemJob } from '../../src/jobs/defineJob.ts'
import { eventually } from '../../src/testing/eventually.ts'
import { testDatabase } from '../../src/testing/index.ts'
import { startHouse } from './house.ts'

const { db, createWorkspace } = await testDatabase()

const seen: { note: string; workspaceId: string; principal: string; attempt: number }[] = []
const write = defineJob({
  name: 'test.write',
  input: z.object({ note: z.string(), copies: z.number().default(1) }),
  run: async ({ note, copies }, context, service: { shout: (text: string) => string }, run) => {
    seen.push({
      note,
      workspaceId: context.workspaceId,
      principal: JSON.stringify(context.principal),
      attempt: run.attempt,
    })
    return { said: service.shout(note), copies }
  },
})
const countWorkspaces = defineSystemJob({
  name: 'test.count-workspaces',
  input: z.object({}),
  run: async (_input, context) => (await context.system.query(sql`select count(*)::int as count from "Workspace"`))[0],
})

const { queue, contexts } = await startHouse(db, {
  jobs: [write, countWorkspaces],
  service: { shout: (text: string) => text.toUpperCase() },
})
const system = { type: 'system', name: 'test' } as const

async function jobOf(workspaceId: string, id: string | null) {
  const [row] = await db
    .workspace(workspaceId)
    .query<{ state: string; output: unknown; data: unknown }>(
      sql`select state::text, output, data from pgboss.job where id = ${id}`,
    )
  return row
}

test('a job runs in its workspace, on behalf of the system under its own name, with the service of its plugin', async () => {
  const workspaceId = await createWorkspace()
  const id = await contexts.workspace(workspaceId, system).enqueue(write, { note: 'hello', copies: 2 })
  await eventually(async () =>
    expect(await jobOf(workspaceId, id)).toMatchObject({
      state: 'completed',
      output: { result: { said: 'HELLO', copies: 2 } },
    }),
  )
  expect(seen.find(({ note }) => note === 'hello')).toEqual({
    note: 'hello',
    workspaceId,
    principal: '{"type":"system","name":"test.write"}',
    attempt: 0,
  })
})

test('a job enqueued in a transaction appears when it commits', async () => {
  const workspaceId = await createWorkspace()
  const id = await contexts.workspace(workspaceId, system).transaction(async (tx) => {
    const id = await tx.enqueue(write, { note: 'committed', copies: 1 })
    expect(await jobOf(workspaceId, id)).toBeUndefined()
    return id
  })
  await eventually(async () => expect(await jobOf(workspaceId, id)).toMatchObject({ state: 'completed' }))
})

test('a job enqueued in a transaction is gone when it rolls back', async () => {
  const workspaceId = await createWorkspace()
  const rolledBack = contexts.workspace(workspaceId, system).transaction(async (tx) => {
    await tx.enqueue(write, { note: 'rolled back', copies: 1 })
    throw new Error('no')
  })
  await expect(rolledBack).rejects.toThrow('no')
  const later = await contexts.workspace(workspaceId, system).enqueue(write, { note: 'later', copies: 1 })
  await eventually(async () => expect(await jobOf(workspaceId, later)).toMatchObject({ state: 'completed' }))
  expect(seen.map(({ note }) => note)).not.toContain('rolled back')
  expect(await db.workspace(workspaceId).query(sql`select id from pgboss.job`)).toHaveLength(1)
})

test('an input that the schema refuses is not accepted, and the error names its fields', async () => {
  const context = contexts.workspace(await createWorkspace(), system)
  await expect(context.enqueue(write, { note: 7 as never, copies: 'many' as never })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    issues: [{ path: 'input.note' }, { path: 'input.copies' }],
  })
})

test('a system job works across workspaces and is enqueued without one', async () => {
  await createWorkspace()
  await expect(contexts.workspace(await createWorkspace(), system).enqueue(countWorkspaces, {})).rejects.toMatchObject({
    code: 'JOB_IS_SYSTEM',
  })
  const id = await queue.enqueue(null, db.system, countWorkspaces, {})
  await eventually(async () => {
    const [row] = await db.system.query<{ output: { result: { count: number } } }>(
      sql`select output from pgboss.job where id = ${id}`,
    )
    expect(row?.output.result.count).toBeGreaterThan(1)
  })
})

test('a job that no plugin lists is refused with the way out', async () => {
  const stray = defineJob({ name: 'test.stray', input: z.object({}), run: async () => {} })
  const context = contexts.workspace(await createWorkspace(), system)
  await expect(context.enqueue(stray, {})).rejects.toThrow('There is no job "test.stray" here')
})
