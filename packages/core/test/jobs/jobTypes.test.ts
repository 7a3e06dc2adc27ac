import { getDatamodel } from '@espalier/prisma'
import { graphql } from 'graphql'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { AuditChange } from '../../src/access/audit.ts'
import { defineJob } from '../../src/jobs/defineJob.ts'
import { jobTypes } from '../../src/jobs/jobTypes.ts'
import { buildSchemas } from '../../src/schema/buildSchemas.ts'
import { createGraphQLContext } from '../../src/schema/graphqlContext.ts'
import { eventually } from '../../src/testing/eventually.ts'
import { testDatabase } from '../../src/testing/index.ts'
import { gate, startHouse } from './house.ts'

const { db, createWorkspace } = await testDatabase()

let broken = true
const mail = defineJob({
  name: 'test.mail',
  input: z.object({ to: z.string() }),
  retry: { limit: 0 },
  run: async ({ to }) => {
    if (broken && to === 'nobody') throw Object.assign(new Error('There is no such address.'), { code: 'NO_ADDRESS' })
    return { delivered: to }
  },
})
const held = gate()
const wait = defineJob({ name: 'test.wait', input: z.object({}), run: () => held.promise })
const { queue, contexts } = await startHouse(db, { jobs: [mail, wait] })

const audited: { action: string; changes: readonly AuditChange[] }[] = []
const { admin, public: publicSchema } = buildSchemas({
  plugins: [],
  services: new Map(),
  datamodel: getDatamodel(),
  kernelTypes: [(builder) => jobTypes(builder, queue)],
  kernelPermissions: ['jobs:read', 'jobs:write'],
  recordAudit: async (_tx, { action, changes }) => void audited.push({ action, changes }),
})

const workspaceId = await createWorkspace()
const system = { type: 'system', name: 'test' } as const
const context = contexts.workspace(workspaceId, system)

/** Asks as somebody with these permissions in a workspace. */
async function ask(
  source: string,
  variableValues = {},
  permissions = ['jobs:read', 'jobs:write'],
  workspace = workspaceId,
) {
  const principal = { type: 'apiKey', id: 'k', name: 'Robot', permissions: new Set(permissions) } as const
  const contextValue = createGraphQLContext({
    authenticated: { workspaceId: workspace, principal },
    request: { address: '192.0.2.7', userAgent: 'test', traceId: 't', requestId: 'r', locale: 'en' },
    workspace: (id) => contexts.workspace(id, principal),
  })
  const { data, errors } = await graphql({ schema: admin, source, variableValues, contextValue })
  return { data: JSON.parse(JSON.stringify(data ?? null)), errors }
}

const fields =
  '{ id type status payload result error { code message } attempts maxAttempts createdAt startedAt completedAt }'

async function jobWhere(status: string, type = 'test.mail') {
  return eventually(async () => {
    const { data, errors } = await ask(
      `query ($filter: JobFilter) { jobs(filter: $filter) { totalCount edges { node ${fields} } } }`,
      { filter: { status: [status], type: { equals: type } } },
    )
    expect(errors).toBeUndefined()
    expect(data.jobs.totalCount).toBe(1)
    return data.jobs.edges[0].node
  })
}

test('a job shows its type, status, payload, result and times', async () => {
  await context.enqueue(mail, { to: 'ada' })
  const job = await jobWhere('COMPLETED')
  expect(job).toMatchObject({
    payload: { to: 'ada' },
    result: { delivered: 'ada' },
    error: null,
    attempts: 1,
    maxAttempts: 1,
  })
  for (const at of ['createdAt', 'startedAt', 'completedAt']) expect(new Date(job[at]).getTime()).toBeGreaterThan(0)
  const { data } = await ask(`query ($id: ID!) { job(id: $id) { payload } node(id: $id) { __typename id } }`, {
    id: job.id,
  })
  expect(data).toEqual({ job: { payload: { to: 'ada' } }, node: { __typename: 'Job', id: job.id } })
})

test('a dead letter shows its error without a stack, is retried by a mutation, and both states are audited', async () => {
  await context.enqueue(mail, { to: 'nobody' })
  const dead = await jobWhere('FAILED')
  expect(dead).toMatchObject({ result: null, error: { code: 'NO_ADDRESS', message: 'There is no such address.' } })
  broken = false
  const retry = `mutation ($id: ID!) { retryJob(id: $id) { __typename ... on RetryJobSuccess { data { id status } } ... on Error { message } } }`
  expect((await ask(retry, { id: dead.id })).data.retryJob).toMatchObject({
    __typename: 'RetryJobSuccess',
    data: { id: dead.id, status: 'QUEUED' },
  })
  expect(audited.at(-1)).toMatchObject({
    action: 'retryJob',
    changes: [{ resourceType: 'Job', before: { status: 'failed' }, after: { status: 'queued' } }],
  })
  await eventually(async () => {
    const { data } = await ask(`query ($id: ID!) { job(id: $id) { status result } }`, { id: dead.id })
    expect(data.job).toEqual({ status: 'COMPLETED', result: { delivered: 'nobody' } })
  })
  expect((await ask(retry, { id: dead.id })).data.retryJob).toMatchObject({
    __typename: 'ConflictError',
    message: expect.stringContaining('Only a failed or canceled job can be retried.'),
  })
})

test('a running job is canceled by a mutation', async () => {
  await context.enqueue(wait, {})
  const running = await jobWhere('RUNNING', 'test.wait')
  const { data } = await ask(
    `mutation ($id: ID!) { cancelJob(id: $id) { ... on CancelJobSuccess { data { status } } } }`,
    { id: running.id },
  )
  expect(data.cancelJob).toEqual({ data: { status: 'CANCELED' } })
  held.resolve()
})

test('another workspace finds nothing, and can change nothing', async () => {
  const other = await createWorkspace()
  const mine = await jobWhere('CANCELED', 'test.wait')
  const theirs = ['jobs:read', 'jobs:write']
  const read = await ask(
    `query ($id: ID!) { jobs { totalCount } job(id: $id) { id } node(id: $id) { id } }`,
    { id: mine.id },
    theirs,
    other,
  )
  expect(read.data).toEqual({ jobs: { totalCount: 0 }, job: null, node: null })
  for (const mutation of ['retryJob', 'cancelJob']) {
    const { data } = await ask(
      `mutation ($id: ID!) { ${mutation}(id: $id) { __typename } }`,
      { id: mine.id },
      theirs,
      other,
    )
    expect(data[mutation]).toEqual({ __typename: 'NotFoundError' })
  }
})

test('reading takes jobs:read and changing takes jobs:write; the public schema has neither', async () => {
  const mine = await jobWhere('CANCELED', 'test.wait')
  expect((await ask('{ jobs { totalCount } }', {}, [])).errors?.[0]?.message).toContain('"jobs:read"')
  const { data } = await ask(`mutation ($id: ID!) { cancelJob(id: $id) { __typename } }`, { id: mine.id }, [
    'jobs:read',
  ])
  expect(data.cancelJob).toEqual({ __typename: 'ForbiddenError' })
  expect(publicSchema.getType('Job')).toBeUndefined()
})

test('pages go through every job once, in each order', async () => {
  const fresh = await createWorkspace()
  const there = contexts.workspace(fresh, system)
  const later = new Date(Date.now() + 3_600_000)
  const created: (string | null)[] = []
  for (let number = 0; number < 7; number++)
    created.push(await there.enqueue(mail, { to: String(number) }, number % 2 ? { startAfter: later } : {}))
  await eventually(async () => {
    const { data } = await ask('{ jobs(filter: { status: [COMPLETED] }) { totalCount } }', {}, undefined, fresh)
    expect(data.jobs.totalCount).toBe(4)
  })
  for (const field of ['CREATED_AT', 'STARTED_AT', 'COMPLETED_AT'])
    for (const direction of ['ASC', 'DESC']) {
      const seen: string[] = []
      for (let after: string | null = null, more = true; more; ) {
        const { data, errors } = await ask(
          `query ($after: String, $orderBy: JobOrder!) { jobs(first: 3, after: $after, orderBy: $orderBy) {
            pageInfo { hasNextPage endCursor } edges { node { payload } } } }`,
          { after, orderBy: { field, direction } },
          undefined,
          fresh,
        )
        expect(errors).toBeUndefined()
        seen.push(...data.jobs.edges.map((edge: { node: { payload: { to: string } } }) => edge.node.payload.to))
        after = data.jobs.pageInfo.endCursor
        more = data.jobs.pageInfo.hasNextPage
      }
      expect([...seen].sort()).toEqual(['0', '1', '2', '3', '4', '5', '6'])
      if (field === 'CREATED_AT')
        expect(seen).toEqual(direction === 'ASC' ? [...seen].sort() : [...seen].sort().reverse())
    }
})

test('a list is narrowed by type, status and time of creation', async () => {
  const count = async (filter: object) => {
    const { data, errors } = await ask('query ($filter: JobFilter) { jobs(filter: $filter) { totalCount } }', {
      filter,
    })
    expect(errors).toBeUndefined()
    return data.jobs.totalCount
  }
  const all = await count({})
  expect(all).toBe(3)
  expect(await count({ type: { startsWith: 'test.' } })).toBe(3)
  expect(await count({ type: { contains: 'ail' } })).toBe(2)
  expect(await count({ type: { in: ['test.wait', 'test.none'] } })).toBe(1)
  expect(await count({ status: ['COMPLETED', 'CANCELED'] })).toBe(3)
  const now = new Date().toISOString()
  expect(await count({ createdAt: { until: now } })).toBe(3)
  expect(await count({ createdAt: { from: now } })).toBe(0)
})
