import { sql } from '@espalier/core'
import { type SignedInClient, servedKernel } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import tracking from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { afterEach, describe, expect, test } from 'vitest'
import landingPages from '../src/index.ts'

const clock = { ahead: 0, now: () => new Date(Date.now() + clock.ahead) }
const day = 24 * 3600_000
const { url, kernel, signIn } = await servedKernel([tracking, experiments, landingPages], { clock })
const inside = (client: SignedInClient) =>
  kernel.contexts.workspace(client.workspaceId, { type: 'system', name: 'test' })

/** A page, and what was sent with its forms: field → value each, a minute apart. */
async function page(client: SignedInClient, ...sent: Record<string, string | number | boolean>[]) {
  const slug = `p-${uuidv7()}`
  const { createPage } = await client.ask<{ createPage: { data: { id: string } } }>(
    'mutation ($input: CreatePageInput!) { createPage(input: $input) { ... on CreatePageSuccess { data { id } } } }',
    {
      input: { slug, title: 'P', variants: [{ key: 'a', content: { root: { props: { title: 'P' } }, content: [] } }] },
    },
  )
  const { id } = createPage.data
  for (const values of sent) {
    clock.ahead += 60_000
    await submit(client, id, values)
  }
  return { id, slug }
}

const submit = (client: SignedInClient, pageId: string, values: Record<string, string | number | boolean>) =>
  kernel.service(landingPages).submissions.keep(inside(client), {
    pageId: uuidOf(pageId),
    variantKey: 'a',
    form: 'contact',
    values,
    visitorId: null,
    viewId: uuidv7(),
    spamReason: values.spam ? 'trap' : null,
    conversion: null,
  })

interface Export {
  __typename: string
  data?: { url: string; count: number; expiresAt: string }
  message?: string
}

async function ask(client: SignedInClient, choice: Record<string, unknown> = {}): Promise<Export> {
  const { answer } = await client.ask<{ answer: Export }>(
    `mutation ($pageId: ID, $from: DateTime, $until: DateTime, $status: FormSubmissionStatus, $delimiter: CsvDelimiter) {
      answer: exportFormSubmissions(pageId: $pageId, from: $from, until: $until, status: $status, delimiter: $delimiter) {
        __typename ... on ExportFormSubmissionsSuccess { data { url count expiresAt } } ... on Error { message }
      }
    }`,
    choice,
  )
  return answer
}

/** The address leads to the public URL; here the server listens on another. */
const download = (client: Pick<SignedInClient, 'headers'>, address: string | undefined) =>
  fetch(url + new URL(address as string).pathname, { headers: client.headers })

async function linesOf(client: SignedInClient, choice: Record<string, unknown> = {}): Promise<string[]> {
  const response = await download(client, (await ask(client, choice)).data?.url)
  expect(response.status).toBe(200)
  const text = Buffer.from(await response.arrayBuffer()).toString()
  expect(text.at(0), 'the byte order mark').toBe('\u{FEFF}')
  expect(text.endsWith('\r\n')).toBe(true)
  return text.slice(1, -2).split('\r\n')
}

/** A node of a plan, as EXPLAIN (FORMAT JSON) writes it. */
interface PlanNode {
  'Relation Name'?: string
  'Actual Rows'?: number
  'Rows Removed by Filter'?: number
  Plans?: PlanNode[]
}

function rowsTouched({ Plans = [], ...node }: PlanNode): number {
  const own =
    node['Relation Name'] === 'FormSubmission' ? (node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0) : 0
  return own + Plans.reduce((sum, plan) => sum + rowsTouched(plan), 0)
}

describe('what visitors sent, as CSV', () => {
  test('has a line for each, the oldest first, and a column for every field', async () => {
    const client = await signIn()
    const { id, slug } = await page(
      client,
      { email: 'ada@example.com', message: 'Élan, "vite"', consent: true },
      { email: 'bo@example.com', seats: -3 },
    )
    const { data } = await ask(client, { pageId: id })
    expect(data?.count).toBe(2)
    const response = await download(client, data?.url)
    expect(response.headers.get('content-type')).toMatch(/^text\/csv; charset=utf-8/)
    expect(response.headers.get('content-disposition')).toMatch(
      /^attachment; filename="submissions-\d{4}-\d\d-\d\d\.csv"$/,
    )
    expect(response.headers.get('cache-control')).toContain('no-store')
    const [heading, ...lines] = await linesOf(client, { pageId: id })
    expect(heading).toBe('Id,Received,Page,Variant,Form,Status,Spam reason,Visitor,consent,email,message,seats')
    const instant = /^[\da-f-]{36},\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z,/
    expect(lines.map((line) => line.replace(instant, ''))).toEqual([
      `${slug},a,contact,received,,,true,ada@example.com,"Élan, ""vite""",`,
      `${slug},a,contact,received,,,,bo@example.com,,-3`,
    ])
  })

  test('holds no formula, in whichever cell a spreadsheet may see it begin', async () => {
    const client = await signIn()
    const { id } = await page(client, {
      a: '=1+1',
      b: '@SUM(A1)',
      c: '+33 6',
      d: '-2',
      e: 'x;=cmd|A0!A1',
      f: 'x\n=1',
      g: '＝1',
      h: '1+1=2, a@b',
    })
    const text = (await linesOf(client, { pageId: id })).join('\r\n')
    expect(text.slice(text.indexOf(",'=1+1") + 1)).toBe(
      "'=1+1,'@SUM(A1),'+33 6,'-2,x;'=cmd|A0!A1,\"x\n'=1\",'＝1,\"1+1=2, a@b\"",
    )
  })

  test('is of one page, of a time, of a status, with semicolons, as it was asked for', async () => {
    const client = await signIn()
    const { id } = await page(client, { name: 'first' }, { name: 'second' }, { name: 'junk', spam: true })
    await page(client, { name: 'elsewhere' })
    const names = async (choice: Record<string, unknown>) =>
      (await linesOf(client, choice)).slice(1).flatMap((line) => /first|second|junk|elsewhere/.exec(line)?.[0] ?? line)
    expect(await names({})).toEqual(['first', 'second', 'junk', 'elsewhere'])
    expect(await names({ pageId: id, status: 'RECEIVED' })).toEqual(['first', 'second'])
    expect(await names({ pageId: id, status: 'SPAM' })).toEqual(['junk'])
    const rows = await inside(client).db.prisma.formSubmission.findMany({ orderBy: { createdAt: 'asc' } })
    const [first, second, third] = rows.map(({ createdAt }) => createdAt.toISOString())
    expect(await names({ from: second })).toEqual(['second', 'junk', 'elsewhere'])
    expect(await names({ from: first, until: third })).toEqual(['first', 'second'])
    const [heading] = await linesOf(client, { delimiter: 'SEMICOLON' })
    expect(heading).toMatch(/^Id;Received;Page;/)
    expect(await ask(client, { from: third, until: first })).toMatchObject({ __typename: 'InvalidInputError' })
  })

  test('is whole when it is longer than one reading, and does not grow while it is read', async () => {
    const client = await signIn()
    const { id } = await page(client, { n: 0 })
    // Many at the same instant: the order has to tell them apart.
    await inside(client).db.query(sql`
      insert into "FormSubmission" ("id", "pageId", "variantKey", "form", "values", "viewId", "fingerprint", "createdAt")
      select gen_random_uuid(), "pageId", "variantKey", "form", jsonb_build_object('n', n), "viewId", 'x', "createdAt"
      from "FormSubmission", generate_series(1, 1499) n`)
    const { data } = await ask(client)
    expect(data?.count).toBe(1500)
    clock.ahead += 60_000
    await submit(client, id, { n: 1500 })
    const text = await (await download(client, data?.url)).text()
    const numbers = text
      .split('\r\n')
      .slice(1, -1)
      .map((line) => Number(line.split(',').at(-1)))
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 1500 }, (_, n) => n))
  })

  test('is read along its order: no reading looks at more rows than it gives', async () => {
    const client = await signIn()
    await page(client, { n: 0 })
    const context = inside(client)
    await context.db.query(sql`
      insert into "FormSubmission" ("id", "pageId", "variantKey", "form", "values", "viewId", "fingerprint", "createdAt")
      select gen_random_uuid(), "pageId", "variantKey", "form", "values", "viewId", 'x', "createdAt" - n * interval '1 second'
      from "FormSubmission", generate_series(1, 2999) n`)
    const exported = kernel.service(landingPages).submissionExport
    const { url } = await exported.link(context, { delimiter: ',' })
    /** Rows of submissions that each reading with a cursor touched. */
    const touched: number[] = []
    const query = async (statement: { text: string; values: unknown[] }) => {
      if (statement.values.length > 4) {
        const [row] = await context.db.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>({
          ...statement,
          text: `explain (analyze, format json) ${statement.text}`,
        })
        touched.push(rowsTouched(row?.['QUERY PLAN'][0]?.Plan as PlanNode))
      }
      return context.db.query(statement)
    }
    const watched = Object.create(context, { db: { value: { query } } }) as typeof context
    let lines = 0
    for await (const text of await exported.read(watched, url.split('/').at(-1) as string))
      lines += text.split('\r\n').length - 1
    expect(lines).toBe(3001)
    expect(touched).toEqual([500, 500, 500, 500, 500, 500, 0])
  })
})

describe('an export', () => {
  test('is for whoever may read submissions and asked for it', async () => {
    const owner = await signIn()
    await page(owner, { email: 'ada@example.com' })
    const { data } = await ask(owner)
    const inSame = { workspace: owner.workspaceId }
    const viewer = await signIn({ role: 'viewer', ...inSame })
    expect(await ask(viewer)).toMatchObject({ __typename: 'ForbiddenError' })
    expect((await download(viewer, data?.url)).status).toBe(403)
    expect((await download(await signIn({ role: 'editor', ...inSame }), data?.url)).status).toBe(403)
    expect((await download(await signIn(), data?.url)).status).toBe(409)
    expect((await download({ headers: {} }, data?.url)).status).toBe(401)
    expect((await download(owner, data?.url)).status).toBe(200)
  })

  test('is begun within 15 minutes, at the address that was given out', async () => {
    const client = await signIn()
    await page(client, { email: 'ada@example.com' })
    const { data } = await ask(client)
    expect((await download(client, `${data?.url}A`)).status).toBe(404)
    clock.ahead += 15 * 60_000
    const late = await download(client, data?.url)
    expect([late.status, await late.text()]).toEqual([409, expect.stringContaining('Ask for it anew')])
  })

  test('of another workspace’s page is not to be had', async () => {
    const { id } = await page(await signIn(), { email: 'ada@example.com' })
    expect(await ask(await signIn(), { pageId: id })).toMatchObject({ __typename: 'NotFoundError' })
  })

  test('is in the audit trail: who, which and how many, nothing of what was sent, and no address', async () => {
    const client = await signIn()
    const { id } = await page(client, { email: 'ada@example.com' })
    const { data } = await ask(client, { pageId: id })
    const trail = await inside(client).db.prisma.auditEntry.findMany({ where: { action: 'exportFormSubmissions' } })
    expect(trail).toEqual([
      expect.objectContaining({
        actorType: 'user',
        resourceType: 'Page',
        resourceId: uuidOf(id),
        after: expect.objectContaining({ submissionsExported: 1 }),
      }),
    ])
    const written = JSON.stringify(trail, (_, value) => (typeof value === 'bigint' ? `${value}` : value))
    expect(written).not.toContain('ada@example.com')
    expect(written).not.toContain(data?.url)
  })
})

describe('retention', () => {
  // Sessions end long before submissions do.
  afterEach(() => {
    clock.ahead = 0
  })

  const keepFor = (client: SignedInClient, days: number | null) =>
    client.ask<{ answer: { __typename: string; message?: string } }>(
      `mutation ($value: JSON!) { answer: updatePluginSettings(plugin: "landing-pages", value: $value) {
        __typename ... on Error { message } } }`,
      { value: { submissionRetentionDays: days } },
    )

  /** What the nightly job does, in one workspace. */
  const night = async (client: SignedInClient) => {
    const job = landingPages.definition.jobs?.find(({ name }) => name === 'landing-pages.erase-old-submissions')
    const context = kernel.contexts.workspace(client.workspaceId, { type: 'system', name: 'night' })
    return job?.run({}, context as never, kernel.service(landingPages), {} as never)
  }

  const kept = async (client: SignedInClient) =>
    (await inside(client).db.prisma.formSubmission.findMany({ orderBy: { createdAt: 'asc' } })).map(
      ({ values }) => (values as { n: number }).n,
    )

  test('is for ever, unless the workspace says otherwise', async () => {
    const client = await signIn()
    await page(client, { n: 1 })
    clock.ahead += 4_000 * day
    expect(await night(client)).toEqual({ erased: 0 })
    expect(await kept(client)).toEqual([1])
  })

  test('ends after as many days as the workspace says, in that workspace alone, and says so in the audit trail', async () => {
    const client = await signIn()
    const other = await signIn()
    const { id } = await page(client, { n: 1 }, { n: 2 })
    await page(other, { n: 3 })
    await keepFor(client, 30)
    clock.ahead += 29 * day
    await submit(client, id, { n: 4 })
    expect(await night(client)).toEqual({ erased: 0 })
    clock.ahead += 2 * day
    expect(await night(client)).toEqual({ erased: 2 })
    expect(await night(other)).toEqual({ erased: 0 })
    expect(await kept(client)).toEqual([4])
    expect(await kept(other)).toEqual([3])
    const trail = await inside(client).db.prisma.auditEntry.findMany({ where: { action: 'night' } })
    expect(trail).toMatchObject([{ actorType: 'system', after: { submissionsErased: 2, retentionDays: 30 } }])
  })

  test.each([0, 3_651, 1.5, 'long'])('of %s days is refused', async (days) => {
    expect((await keepFor(await signIn(), days as number)).answer).toMatchObject({
      __typename: 'InvalidInputError',
      message: expect.stringContaining('submissionRetentionDays'),
    })
  })
})

function uuidOf(globalId: string): string {
  return Buffer.from(globalId, 'base64').toString().split(':')[1] as string
}
