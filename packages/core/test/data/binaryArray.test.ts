import { describe, expect, test } from 'vitest'
import { type ArrayElement, binaryArray } from '../../src/data/binaryArray.ts'
import { testDatabase } from '../../src/testing/database.ts'

const { db, createWorkspace } = await testDatabase()
const workspace = db.workspace(await createWorkspace())

/** What PostgreSQL makes of an array, as text. */
async function stored(type: ArrayElement, values: readonly unknown[]): Promise<(string | null)[]> {
  const array = binaryArray(type, values as never[], 'field')
  const text = `select value::text from unnest($1::${type}[]) with ordinality as element (value, place) order by place`
  const rows = await workspace.query<{ value: string | null }>({ text, values: [array] })
  return rows.map(({ value }) => value)
}

describe('an array in the binary protocol is the array that was given', () => {
  test.each([
    ['uuid', ['00000000-0000-0000-0000-000000000000', '019a8f3c-89ab-7cde-8f01-fedcba987654', null]],
    ['text', ['', 'a', null, 'quotes " and \\ and {,}', 'žluťoučký 鶏 🐔', 'x'.repeat(5000), 'NULL']],
    ['bigint', ['0', '1', '-1', '4294967295', '4294967296', '-4294967297', '1000000000000', '-9007199254740991']],
    ['boolean', ['true', 'false', null]],
    ['jsonb', ['{"a": [1, "é", null]}', null, '"text"', 'null']],
  ] as const)('of %s', async (type, values) => {
    const given =
      type === 'bigint'
        ? values.map(Number)
        : type === 'boolean'
          ? values.map((value) => value && value === 'true')
          : values
    expect(await stored(type, given)).toEqual(values)
  })

  test('of timestamptz, to the millisecond, before and after 2000', async () => {
    const instants = ['2026-11-21T10:46:00.123Z', '1999-12-31T23:59:59.999Z', '1970-01-01T00:00:00.000Z']
    const array = binaryArray('timestamptz', [...instants.map((at) => new Date(at)), null], 'at')
    const [row] = await workspace.query<{ value: (Date | null)[] }>({
      text: 'select $1::timestamptz[] as value',
      values: [array],
    })
    expect(row?.value.map((at) => at?.toISOString() ?? null)).toEqual([...instants, null])
  })

  test('of varbit, the highest bit of a byte first', async () => {
    const bits = [Uint8Array.of(0b1010_0000, 0b0000_0001), null, new Uint8Array(0)]
    expect(await stored('varbit', bits)).toEqual(['1010000000000001', null, ''])
  })

  test('of nothing, of nulls alone, and of many that outgrow the first buffer', async () => {
    expect(await stored('text', [])).toEqual([])
    expect(await stored('text', [null, null])).toEqual([null, null])
    const many = Array.from({ length: 3000 }, (_, index) => 'ž'.repeat(index % 700))
    expect(await stored('text', many)).toEqual(many)
  })

  test('of upper-case UUIDs', async () => {
    expect(await stored('uuid', ['ABCDEF01-2345-7890-ABCD-EF0123456789'])).toEqual([
      'abcdef01-2345-7890-abcd-ef0123456789',
    ])
  })
})

describe('what is no value of the type is refused by its field, not written as another', () => {
  test.each([
    ['uuid', 'shop'],
    ['uuid', '019a8f3c-89ab-7cde-8f01-fedcba98765'],
    ['uuid', '019a8f3c-89ab-7cde-8f01-fedcba98765g'],
    ['uuid', '019a8f3c-89ab-7cde-8f01-fedcba98765é'],
    ['uuid', '019a8f3c089ab-7cde-8f01-fedcba987654'],
    ['bigint', 0.5],
    ['bigint', 2 ** 53],
    ['timestamptz', new Date(Number.NaN)],
  ] as const)('%s: %s', (type, value) => {
    expect(() => binaryArray(type, [value] as never[], 'siteId')).toThrow(
      `siteId: "${value}" is not of the type ${type}.`,
    )
  })

  test('a NUL, which PostgreSQL refuses itself', async () => {
    await expect(stored('text', ['a\0b'])).rejects.toMatchObject({ code: '22021' })
  })
})
