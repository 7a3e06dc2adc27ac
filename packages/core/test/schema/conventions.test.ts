import { buildSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { complexityOf } from '../../src/schema/complexity.ts'
import { breachesOfConvention } from '../../src/schema/conventions.ts'
import { breachesOfPublicConvention } from '../../src/schema/publicConventions.ts'
import { schemasOf } from './harness.ts'
import { library } from './library.ts'

describe('the conventions of a schema', () => {
  it('are kept by the kernel’s own types and by a plugin that uses its helpers', () => {
    const { admin, public: open } = schemasOf(library)
    expect(breachesOfConvention(admin)).toEqual([])
    expect(breachesOfConvention(open)).toEqual([])
  })

  it('name each place that does not keep them', () => {
    const breaches = breachesOfConvention(
      buildSchema(`
        "Read." type Query { "All." all(x: Int): [Thing!]! "Some." some(first: Int, filter: String): ThingConnection! }
        "A page." type ThingConnection { "Items." nodes: [Thing!]! "Where." pageInfo: String! }
        "Write." type Mutation { "Makes." make: Thing! @deprecated }
        type Thing { "Its name." name: String }
        "A color." enum Color { RED }
        "Of a thing." input ThingInput { name: String }
      `),
    )
    expect(breaches).toEqual(
      expect.arrayContaining([
        'Query.all(x:) has no description.',
        'Thing has no description.',
        'Color.RED has no description.',
        'ThingInput.name has no description.',
        'Query.all has no decision about who may see it.',
        expect.stringContaining('Query.all is a list without pages.'),
        expect.stringContaining('Query.some is a list without "orderBy".'),
        'Mutation.make does not answer with a union of its data and typed errors.',
        'Mutation.make is deprecated without a reason.',
      ]),
    )
  })
})

describe('the cost of a query', () => {
  const { admin } = schemasOf(library)
  const cost = (query: string, variables?: Record<string, unknown>) => complexityOf(admin, query, variables).complexity

  it('counts what is below a list once for each row that the page may hold', () => {
    expect(cost('{ pages(first: 1) { nodes { slug } } }')).toBe(2)
    expect(cost('{ pages(first: 50) { nodes { slug } } }')).toBe(51)
    expect(cost('{ pages { nodes { slug } } }')).toBe(21)
    expect(cost('{ pages { edges { node { slug } } } }')).toBe(21)
    expect(cost('query ($n: Int) { pages(first: $n) { nodes { slug } } }', { n: 30 })).toBe(31)
    expect(cost('{ pages(first: 10) { nodes { variants(first: 10) { nodes { key } } } } }')).toBe(111)
  })

  it('is that of the operation that is asked for', () => {
    const document =
      'query Cheap { pages(first: 1) { nodes { slug } } } query Dear { pages(first: 100) { nodes { slug } } }'
    expect(complexityOf(admin, document, {}, { operationName: 'Dear' }).complexity).toBe(101)
    expect(complexityOf(admin, document, {}, { operationName: 'Cheap' }).complexity).toBe(2)
  })
})

it('the conventions of the public schema name each place that does not keep them', () => {
  const breaches = breachesOfPublicConvention(
    buildSchema(`
      type Query {
        pears(to: DateTime, color: String, after: String): Pear
        plums("Such as \`red\`." color: String): Int @deprecated(reason: "Use pears.")
      }
      type Pear { isRipe: Boolean hasWorm: Boolean picked: DateTime pickedAt: DateTime }
      enum Kind { sweet SOUR }
      "Text." input PearInput { "Lower-case letters." key: String }
      scalar DateTime
    `),
  )
  expect(breaches.map((breach) => breach.split(' ').slice(0, 3).join(' '))).toEqual([
    'Query.plums is deprecated',
    'Query.pears.color is typed',
    'PearInput.key is typed',
    'Query.pears.to ends a',
    'Pear.isRipe is a',
    'Kind.sweet is a',
    'Pear.picked is an',
  ])
})
