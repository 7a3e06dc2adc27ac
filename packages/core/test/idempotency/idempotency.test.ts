import { describe, expect, test } from 'vitest'
import { sql } from '../../src/data/sql.ts'
import { InvalidInputError } from '../../src/errors.ts'
import { forgetIdempotencyKeys } from '../../src/idempotency/forgetKeys.ts'
import { definePlugin } from '../../src/plugin/definePlugin.ts'
import type { Builder } from '../../src/schema/builder.ts'
import { both } from '../../src/schema/subGraphs.ts'
import { ManualTime } from '../../src/testing/manualTime.ts'
import { type SignedInClient, servedKernel } from '../../src/testing/servedKernel.ts'
import { asIs } from '../../src/told.ts'

/** Where `addNote` waits, by its text. */
const gates = new Map(
  ['slow', 'left'].map((text) => [
    text,
    { arrived: Promise.withResolvers<void>(), open: Promise.withResolvers<void>() },
  ]),
)
type Gate = typeof gates extends Map<string, infer Value> ? Value : never

interface Note {
  id: string
  text: string
}

const notes = definePlugin({
  name: 'notes',
  permissions: { 'notes:write': 'Write notes' },
  schema: [
    (builder: Builder) => {
      const Note = builder.objectRef<Note>('Note').implement({
        description: 'A note.',
        authScopes: { public: true },
        subGraphs: both,
        fields: (t) => ({
          id: t.exposeID('id', { description: 'Its id.' }),
          text: t.exposeString('text', { description: 'What it says.' }),
          price: t.string({
            nullable: true,
            description: 'Cannot be read.',
            resolve: () => {
              throw InvalidInputError.of('price', 'BROKEN', asIs('cannot be read'))
            },
          }),
          stock: t.string({
            nullable: true,
            description: 'Cannot be read at the moment.',
            resolve: () => {
              throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
            },
          }),
        }),
      })
      builder.mutationField('addNote', (t) =>
        t.field({
          type: Note,
          description: 'Adds a note.',
          authScopes: { permission: 'notes:write' },
          subGraphs: both,
          args: { text: t.arg.string({ required: true, description: 'What it says.' }) },
          resolve: async (_root, { text }, ctx) => {
            if (text === '') throw InvalidInputError.of('text', 'EMPTY', asIs('is empty'))
            const [note] = await ctx.db.query<{ id: string; text: string }>(
              sql`insert into "Note" ("text") values (${text}) returning "id", "text"`,
            )
            ctx.audit({ resourceType: 'Note', resourceId: (note as Note).id, after: note })
            const gate = gates.get(text)
            gate?.arrived.resolve()
            await gate?.open.promise
            return note as Note
          },
        }),
      )
    },
  ],
})

const time = new ManualTime(new Date())
const { kernel, url, signIn } = await servedKernel([notes], {
  clock: time,
  tables: `create table "Note" ("workspaceId" uuid not null default current_workspace(), "id" uuid not null default uuidv7(),
    "text" text not null, primary key ("workspaceId", "id"));
    select protect_workspace_rows('"Note"')`,
})

const addNote =
  'mutation ($text: String!) { addNote(text: $text) { __typename ... on AddNoteSuccess { data { id text } } } }'

async function send(
  client: SignedInClient,
  key: string,
  text: string,
  query = addNote,
  path = '/graphql',
  signal?: AbortSignal,
) {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    ...(signal && { signal }),
    headers: { ...client.headers, 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ query, variables: query.includes('$text') ? { text } : {} }),
  })
  return { status: response.status, retryAfter: response.headers.get('retry-after'), ...(await response.json()) }
}

const countNotes = async ({ workspaceId }: SignedInClient) =>
  (await kernel.contexts.workspace(workspaceId, { type: 'system', name: 'test' }).db.query(sql`select 1 from "Note"`))
    .length

describe('a mutation with an Idempotency-Key', () => {
  test('is carried out once, and its repetition gets the same answer', async () => {
    const client = await signIn()
    const first = await send(client, 'order-1', 'tea')
    const again = await send(client, 'order-1', 'tea')
    expect(again.data).toEqual(first.data)
    expect(first.extensions?.idempotency).toBeUndefined()
    expect(again.extensions.idempotency).toEqual({ replayed: true })
    expect(await countNotes(client)).toBe(1)
  })

  test('is the same under the quoted form that the draft of the IETF asks for', async () => {
    const client = await signIn()
    const first = await send(client, '"8e03978e-40d5"', 'tea')
    expect((await send(client, '8e03978e-40d5', 'tea')).data).toEqual(first.data)
    expect(await countNotes(client)).toBe(1)
  })

  test('refuses its key for another request, and for the other schema', async () => {
    const client = await signIn()
    await send(client, 'k', 'tea')
    const { status, errors } = await send(client, 'k', 'coffee')
    expect(status).toBe(422)
    expect(errors[0].extensions.code).toBe('IDEMPOTENCY_KEY_REUSED')
    expect((await send(client, 'k', 'tea', addNote, '/graphql/public')).status).toBe(422)
    expect(await countNotes(client)).toBe(1)
  })

  test('does not wait for the same that is still under way, and gets its answer afterwards', async () => {
    const client = await signIn()
    const gate = gates.get('slow') as Gate
    const first = send(client, 'k', 'slow')
    await gate.arrived.promise
    const meanwhile = await send(client, 'k', 'slow')
    expect(meanwhile).toMatchObject({ status: 409, retryAfter: '1' })
    expect(meanwhile.errors[0].extensions.code).toBe('IDEMPOTENCY_KEY_IN_USE')
    gate.open.resolve()
    const { data } = await first
    await expect.poll(async () => (await send(client, 'k', 'slow')).data).toEqual(data)
    expect(await countNotes(client)).toBe(1)
  })

  test('whose caller did not wait is carried out, and answered when it comes again', async () => {
    const client = await signIn()
    const gate = gates.get('left') as Gate
    const leaving = new AbortController()
    const first = send(client, 'k', 'left', addNote, '/graphql', leaving.signal)
    await gate.arrived.promise
    leaving.abort()
    await expect(first).rejects.toThrow()
    gate.open.resolve()
    await expect.poll(async () => (await send(client, 'k', 'left')).data?.addNote.data.text).toBe('left')
    expect(await countNotes(client)).toBe(1)
  })

  test('is carried out once, whoever of twenty comes first', async () => {
    const client = await signIn()
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(client, 'k', 'race')))
    expect(await countNotes(client)).toBe(1)
    for (const { data, errors } of answers)
      expect(data?.addNote.data.text ?? errors[0].extensions.code).toMatch(/^race$|^IDEMPOTENCY_KEY_IN_USE$/)
  })

  test('leaves its key free where nothing was written', async () => {
    const client = await signIn()
    expect((await send(client, 'k', '')).data.addNote.__typename).toBe('InvalidInputError')
    expect((await send(client, 'k', 'tea')).data.addNote.data.text).toBe('tea')
  })

  test('repeats the errors of fields that were read after the commit', async () => {
    const client = await signIn()
    const query = 'mutation { addNote(text: "x") { ... on AddNoteSuccess { data { id price } } } }'
    const first = await send(client, 'k', '', query)
    const again = await send(client, 'k', '', query)
    const told = ({ data, errors }: typeof first) => [
      data,
      errors[0].message,
      errors[0].path,
      errors[0].extensions.code,
    ]
    expect(first.errors).toHaveLength(1)
    expect(told(again)).toEqual(told(first))
    expect(await countNotes(client)).toBe(1)
  })

  test('does not repeat for a day that something did not answer at the moment', async () => {
    const client = await signIn()
    const query = 'mutation { addNote(text: "x") { ... on AddNoteSuccess { data { id stock } } } }'
    const first = await send(client, 'k', '', query)
    expect(first.errors[0].extensions.code).toBe('UNAVAILABLE')
    const again = await send(client, 'k', '', query)
    expect(again).toMatchObject({ status: 409 })
    expect(again.errors[0].extensions).toMatchObject({
      code: 'IDEMPOTENCY_ANSWER_LOST',
      changed: [{ type: 'Note', id: first.data.addNote.data.id }],
    })
    expect(await countNotes(client)).toBe(1)
  })

  test('is of its caller: another person and another workspace may choose the same key', async () => {
    const ada = await signIn()
    const bob = await signIn({ workspace: ada.workspaceId, role: 'editor' })
    const other = await signIn()
    for (const client of [ada, bob, other]) expect((await send(client, 'k', 'tea')).data.addNote.data.text).toBe('tea')
    expect([await countNotes(ada), await countNotes(other)]).toEqual([2, 1])
  })

  test('stands for one mutation of a workspace, and the key is a text', async () => {
    const client = await signIn()
    const two =
      'mutation { a: addNote(text: "a") { __typename } ...b } fragment b on Mutation { b: addNote(text: "b") { __typename } }'
    const codeOf = async (key: string, query: string) =>
      (await send(client, key, '', query)).errors?.[0].extensions.code
    expect(await codeOf('k', two)).toBe('IDEMPOTENCY_KEY_NOT_TAKEN')
    expect(await codeOf('k', 'mutation { signOut { __typename } }')).toBe('IDEMPOTENCY_KEY_NOT_TAKEN')
    expect(await codeOf('k'.repeat(256), addNote)).toBe('IDEMPOTENCY_KEY_INVALID')
    expect(await countNotes(client)).toBe(0)
  })

  test('whose answer was lost says what it changed, and is not carried out again', async () => {
    const client = await signIn()
    const { data } = await send(client, 'k', 'tea')
    const { db } = kernel.contexts.workspace(client.workspaceId, { type: 'system', name: 'test' })
    await db.query(sql`update "IdempotencyKey" set "sealed" = null, "keyId" = null`)
    expect((await send(client, 'k', 'tea')).errors[0].extensions.code).toBe('IDEMPOTENCY_KEY_IN_USE')
    await db.query(sql`update "IdempotencyKey" set "at" = "at" - interval '61 seconds'`)
    const { status, errors } = await send(client, 'k', 'tea')
    expect(status).toBe(409)
    expect(errors[0].extensions).toMatchObject({
      code: 'IDEMPOTENCY_ANSWER_LOST',
      changed: [{ type: 'Note', id: data.addNote.data.id }],
    })
    expect(await countNotes(client)).toBe(1)
  })

  test('is kept sealed, for a day', async () => {
    const client = await signIn()
    await send(client, 'k', 'a secret shown once')
    const { db } = kernel.contexts.workspace(client.workspaceId, { type: 'system', name: 'test' })
    const kept = () => db.query<{ sealed: Uint8Array }>(sql`select "sealed" from "IdempotencyKey"`)
    expect(Buffer.from((await kept())[0]?.sealed ?? '').toString('latin1')).not.toContain('secret')
    await db.query(sql`update "IdempotencyKey" set "at" = "at" - interval '23 hours'`)
    await forgetIdempotencyKeys.run({}, kernel.contexts.system('test') as never, undefined, {} as never)
    expect(await kept()).toHaveLength(1)
    await db.query(sql`update "IdempotencyKey" set "at" = "at" - interval '61 minutes'`)
    // Forgotten, before the job comes to it.
    expect((await send(client, 'k', 'another')).data.addNote.data.text).toBe('another')
    await db.query(sql`update "IdempotencyKey" set "at" = "at" - interval '25 hours'`)
    await forgetIdempotencyKeys.run({}, kernel.contexts.system('test') as never, undefined, {} as never)
    expect(await kept()).toHaveLength(0)
  })
})
