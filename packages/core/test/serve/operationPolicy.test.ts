import {
  GraphQLBoolean,
  GraphQLInt,
  GraphQLList,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  parse,
} from 'graphql'
import { expect, it } from 'vitest'
import type { RateLimits } from '../../src/http/rateLimits.ts'
import { OperationPolicy } from '../../src/schema/serve/operationPolicy.ts'

const Item = new GraphQLObjectType({
  name: 'Item',
  fields: { name: { type: GraphQLString, args: { short: { type: GraphQLBoolean } } } },
})
let counted = 0
const schema = new GraphQLSchema({
  query: new GraphQLObjectType({
    name: 'Query',
    fields: {
      items: {
        type: new GraphQLList(Item),
        args: { first: { type: GraphQLInt } },
        extensions: {
          complexity: ({ first }: { first?: number | null }) => {
            counted += 1
            return { field: 1, multiplier: first ?? 20 }
          },
        },
      },
    },
  }),
})

const source = `
  query Some($first: Int = 3, $short: Boolean) { items(first: $first) { ...Names } }
  query Few($short: Boolean) { items(first: 2) { ...Names } }
  fragment Names on Item { name(short: $short) }`
const prepared = { source, document: parse(source), errors: [], uses: 1 }
const policy = new OperationPolicy(schema, 100, {} as RateLimits)
const cost = (operationName: string, variables: Record<string, unknown>) =>
  policy.cost({ prepared, operationName, variables }, undefined).requested

it('An operation costs what its variables ask for, whatever was asked for before', () => {
  for (let round = 0; round < 3; round += 1) {
    expect(cost('Some', { first: 5, short: true })).toBe(6)
    expect(cost('Some', { first: 50, short: true })).toBe(51)
    expect(cost('Some', {})).toBe(4)
    expect(cost('Some', { first: null })).toBe(21)
    expect(cost('Few', { short: round > 1 })).toBe(3)
  }
})

it('Variables that change nothing about the cost do not have it counted again', () => {
  cost('Some', { first: 7, short: true })
  counted = 0
  for (const short of [true, false, null]) expect(cost('Some', { first: 7, short })).toBe(8)
  expect(counted).toBe(0)
})

it('However many lengths are asked for, each is told its own cost', () => {
  for (let first = 1; first <= 300; first += 1) expect(cost('Some', { first })).toBe(first + 1)
  for (let first = 1; first <= 300; first += 1) expect(cost('Some', { first })).toBe(first + 1)
})
