import { expect, test } from 'vitest'
import { sql } from '../../src/data/sql.ts'
import { servedKernel } from '../../src/testing/index.ts'

const { kernel, url, signIn } = await servedKernel([])
type Client = Awaited<ReturnType<typeof signIn>>

const exportAs = async (client: Client, filter?: object, delimiter?: string) =>
  (
    await client.ask<{ exportAuditEntries: { data: { url: string; count: number }; code?: string } }>(
      `mutation ($filter: AuditEntryFilter, $delimiter: CsvDelimiter) { exportAuditEntries(filter: $filter, delimiter: $delimiter) {
         ... on ExportAuditEntriesSuccess { data { url count expiresAt } } ... on Error { code message } } }`,
      { filter, delimiter },
    )
  ).exportAuditEntries
const download = (client: Client, address: string) =>
  fetch(url + new URL(address).pathname, { headers: client.headers })
const rename = (client: Client, name: string) =>
  client.ask('mutation ($name: String!) { updateWorkspace(input: { name: $name }) { __typename } }', { name })

test('the trail comes as CSV, the oldest first, filtered as the list is, and without formulas', async () => {
  const owner = await signIn()
  for (const name of ['First', '=cmd()', 'Third']) await rename(owner, name)
  await owner.ask('mutation { createWorkspace(input: { name: "Else", slug: "bad slug" }) { __typename } }')
  const { data } = await exportAs(owner, { action: { equals: 'updateWorkspace' } }, 'SEMICOLON')
  expect(data.count).toBe(3)
  const response = await download(owner, data.url)
  expect(response.headers.get('content-disposition')).toMatch(
    /^attachment; filename="audit-trail-\d{4}-\d\d-\d\d\.csv"$/,
  )
  const lines = (await response.text()).trim().split('\r\n')
  expect(lines).toHaveLength(4)
  expect(lines[0]).toContain('id;at;actorType;actorName')
  expect(lines.map((line) => /"name"":""([^"]*)/.exec(line.split(';').at(-1) ?? '')?.[1])).toEqual([
    undefined,
    'First',
    '=cmd()',
    'Third',
  ])
  expect(lines.slice(1).every((line) => line.includes(';updateWorkspace;'))).toBe(true)
})

test('more than is kept in memory comes whole', async () => {
  const owner = await signIn()
  await kernel.access.system.query(sql`
    insert into "AuditEntry" ("workspaceId", "id", "at", "actorType", "action")
    select ${owner.workspaceId}, gen_random_uuid(), now() - interval '1 hour', 'system', 'many' from generate_series(1, 1200)`)
  const { data } = await exportAs(owner, { action: { equals: 'many' } })
  expect(data.count).toBe(1_200)
  const lines = (await (await download(owner, data.url)).text()).trim().split('\r\n')
  expect(new Set(lines).size).toBe(1_201)
})

test('the file is for whoever asked, and asking is in the trail', async () => {
  const owner = await signIn()
  await rename(owner, 'Renamed')
  const { data } = await exportAs(owner)
  const admin = await signIn({ role: 'admin', workspace: owner.workspaceId })
  const stranger = await signIn()
  expect((await download(admin, data.url)).status).toBe(403)
  expect((await download(stranger, data.url)).status).toBe(409)
  expect((await fetch(url + new URL(data.url).pathname)).status).toBe(401)
  expect((await download(owner, `${data.url}x`)).status).toBe(404)
  const editor = await signIn({ role: 'editor', workspace: owner.workspaceId })
  expect(await exportAs(editor)).toMatchObject({ code: 'FORBIDDEN' })
  expect((await exportAs(owner, { action: { equals: 'exportAuditEntries' } })).data.count).toBe(1)
})
