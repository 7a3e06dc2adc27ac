import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildSchema } from 'graphql'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { deprecated } from '../../src/schema/deprecation.ts'
import { writeSchemaSnapshots } from '../../src/schema/snapshots.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'snapshots-'))
})
afterEach(() => rm(folder, { recursive: true }))

const schemas = (sdl: string) => ({ admin: buildSchema(sdl), public: buildSchema(sdl) })
const read = (name: string) => readFile(join(folder, name), 'utf8')
const first = schemas('type Query { b: Int a: String }')
const more = schemas('type Query { b: Int a: String c: Int }')
const less = schemas('type Query { b: Int }')

describe('schema snapshots', () => {
  it('are written sorted, and then agree', async () => {
    expect((await writeSchemaSnapshots(first, { folder })).changed).toHaveLength(2)
    expect(await read('public.graphql')).toBe('type Query {\n  a: String\n  b: Int\n}\n')
    expect(await writeSchemaSnapshots(first, { folder, check: true })).toEqual({ changed: [], problems: [] })
  })

  it('that are missing or differ are a problem to a check, which shows the difference and writes nothing', async () => {
    expect((await writeSchemaSnapshots(first, { folder, check: true })).problems).toHaveLength(2)
    await writeSchemaSnapshots(first, { folder })
    const { problems } = await writeSchemaSnapshots(more, { folder, check: true })
    expect(problems).toHaveLength(2)
    expect(problems[0]).toContain('+  c: Int')
    expect(await read('admin.graphql')).not.toContain('c: Int')
  })

  it('take in what breaks nobody', async () => {
    await writeSchemaSnapshots(first, { folder })
    expect((await writeSchemaSnapshots(more, { folder })).problems).toEqual([])
    expect(await read('public.graphql')).toContain('c: Int')
  })

  it('of the public schema refuse a breaking change, also when writing, until it is declared with a reason', async () => {
    await writeSchemaSnapshots(first, { folder })
    for (const check of [true, false]) {
      const { problems } = await writeSchemaSnapshots(less, { folder, check })
      expect(problems[0]).toContain('The public schema breaks its users: Query.a was removed.')
    }
    expect(await read('public.graphql')).toContain('a: String')
    await writeFile(
      join(folder, 'breaking-changes.json'),
      JSON.stringify([{ change: 'Query.a was removed.', reason: 'Nobody used it.' }]),
    )
    const { problems } = await writeSchemaSnapshots(less, { folder })
    expect(problems[0]).toContain('breaks its users without notice: Query.a was removed.')
    await writeFile(
      join(folder, 'breaking-changes.json'),
      JSON.stringify([{ change: 'Query.a was removed.', reason: 'It told too much.', withoutNotice: 'It leaked.' }]),
    )
    expect((await writeSchemaSnapshots(less, { folder })).problems).toEqual([])
    expect(await read('public.graphql')).toBe('type Query {\n  b: Int\n}\n')
  })

  it.each([
    ['Query.a was removed.', 'type Query { b: Int a: String @deprecated(reason: "REASON") }', 'type Query { b: Int }'],
    [
      'Query.a arg x was removed.',
      'type Query { a(x: Int @deprecated(reason: "REASON")): Int }',
      'type Query { a: Int }',
    ],
    [
      'B was removed from enum type Letter.',
      'enum Letter { A B @deprecated(reason: "REASON") } type Query { a: Letter }',
      'enum Letter { A } type Query { a: Letter }',
    ],
    [
      'In.x was removed.',
      'input In { x: Int @deprecated(reason: "REASON") y: Int } type Query { a(in: In): Int }',
      'input In { y: Int } type Query { a(in: In): Int }',
    ],
  ])('let go what was deprecated once its time is over, and not before: %s', async (change, before, after) => {
    await writeSchemaSnapshots(schemas(before.replace('REASON', deprecated('2026-11-22', 'b'))), { folder })
    await writeFile(join(folder, 'breaking-changes.json'), JSON.stringify([{ change, reason: 'Nobody uses it.' }]))
    const early = await writeSchemaSnapshots(schemas(after), { folder, today: '2027-05-20' })
    expect(early.problems).toEqual([expect.stringContaining('said to work until 2027-05-21 at least')])
    expect((await writeSchemaSnapshots(schemas(after), { folder, today: '2027-05-21' })).problems).toEqual([])
  })

  it('let the admin schema break: its only user moves with it', async () => {
    await writeSchemaSnapshots({ ...first }, { folder })
    const { problems } = await writeSchemaSnapshots({ admin: less.admin, public: first.public }, { folder })
    expect(problems).toEqual([])
  })
})
