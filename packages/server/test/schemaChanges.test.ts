import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { changesBetween, checkSchemaChanges, logSchemaChanges, withDay } from '../src/commands/schemaChanges.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'schema-changes-'))
})
afterEach(() => rm(folder, { recursive: true }))

const write = (schema: string) => writeFile(join(folder, 'public.graphql'), schema)
const page = () => readFile(join(folder, 'CHANGELOG.md'), 'utf8')

test('what a client wants to know of a change is told, with what is there now', async () => {
  const before = `
    type Query { pears(to: Int, color: String): [Pear!]! apples: Int }
    type Pear { weight: Int }
    enum Kind { SWEET SOUR }`
  const after = `
    type Query {
      pears("Use until." to: Int @deprecated(reason: "Use until."), "Where it ends." until: Int, color: ID): [Pear!]!
      "All plums." plums(first: Int): PlumConnection!
    }
    "A pear." type Pear { weight: Int "What people call it." name: String }
    type PlumConnection { nodes: [Plum!]! }
    "A plum." type Plum { name: String }
    enum Kind { SWEET SOUR "Neither." BITTER }`
  expect(await changesBetween(before, after)).toEqual([
    { kind: 'added', at: 'Kind.BITTER', says: 'Neither.' },
    { kind: 'added', at: 'Pear.name', says: 'What people call it.' },
    { kind: 'added', at: 'Plum', says: 'A plum.' },
    { kind: 'added', at: 'Query.pears(until:)', says: 'Where it ends.' },
    { kind: 'added', at: 'Query.plums', says: 'All plums.' },
    { kind: 'deprecated', at: 'Query.pears(to:)', says: 'Use until.' },
    { kind: 'changed', at: 'Query.pears(color:)', says: expect.stringContaining("from 'String' to 'ID'") },
    { kind: 'removed', at: 'Query.apples', says: expect.stringContaining('apples') },
  ])
})

test('each day has its changes, the latest first, and what came and went on one day was never there', async () => {
  const one = 'type Query { a: Int }'
  await write(one)
  await logSchemaChanges(folder, undefined, '2026-11-20')
  expect(await page()).not.toContain('## 2026')

  await write('type Query { a: Int "Second." b: Int }')
  await logSchemaChanges(folder, one, '2026-11-21')
  await write('type Query { a: Int "Second." b: Int "Third." c: Int }')
  await logSchemaChanges(folder, 'type Query { a: Int b: Int }', '2026-11-22')
  expect((await page()).match(/## 2026.*|- .*/g)).toEqual([
    '## 2026-11-22',
    '- `Query.c`: Third.',
    '## 2026-11-21',
    '- `Query.b`: Second.',
  ])

  await write('type Query { a: Int b: Int }')
  await logSchemaChanges(folder, 'type Query { a: Int b: Int c: Int }', '2026-11-22')
  expect((await page()).match(/## 2026.*|- .*/g)).toEqual(['## 2026-11-21', '- `Query.b`: Second.'])
})

test('of what is new today, later changes are not told apart', () => {
  const added = { kind: 'added', at: 'Query.a', says: 'A.' } as const
  const days = [{ date: '2026-11-22', changes: [added] }]
  expect(withDay(days, '2026-11-22', [{ kind: 'changed', at: 'Query.a', says: 'changed type' }])).toEqual(days)
})

test('a log that misses a change, and a page that is not made from the log, are found', async () => {
  await write('type Query { a: Int }')
  await logSchemaChanges(folder, undefined, '2026-11-22')
  expect(await checkSchemaChanges(folder)).toEqual([])
  await write('type Query { a: Int b: Int }')
  expect(await checkSchemaChanges(folder)).toEqual([expect.stringContaining('does not tell of the last change')])
  await writeFile(join(folder, 'CHANGELOG.md'), '# Something else\n')
  expect(await checkSchemaChanges(folder)).toHaveLength(2)
})
