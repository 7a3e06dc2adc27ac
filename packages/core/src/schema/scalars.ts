import { GraphQLError, GraphQLScalarType, type GraphQLScalarTypeConfig } from 'graphql'
import {
  GraphQLDateTimeISO,
  GraphQLEmailAddress,
  GraphQLJSON,
  GraphQLLocalDate,
  GraphQLSafeInt,
  GraphQLURL,
  GraphQLUUID,
} from 'graphql-scalars'
import type { Builder } from './builder.ts'

/** The kernel's scalars, as resolvers see them. */
export type Scalars = {
  ID: { Input: string; Output: string | number | bigint }
  /** An instant. */
  DateTime: { Input: Date; Output: Date | string }
  /** A day of the calendar, "2026-11-21": it has no time zone, so it is not a JavaScript Date. */
  Date: { Input: string; Output: string }
  // biome-ignore lint/suspicious/noExplicitAny: any JSON value, checked by who reads it
  JSON: { Input: any; Output: unknown }
  SafeInt: { Input: number; Output: number | bigint }
  URL: { Input: URL; Output: string | URL }
  EmailAddress: { Input: string; Output: string }
  /** For ids that are no node's, such as a visitor's: text that is none would be refused by PostgreSQL. */
  UUID: { Input: string; Output: string }
}

/** Gives a builder the scalars. */
export function addScalars(builder: Builder): void {
  builder.addScalarType(
    'DateTime',
    described(storableDateTime, 'DateTime', 'An instant by RFC 3339, in UTC: 2026-11-21T08:00:00.000Z.'),
  )
  builder.addScalarType('Date', described(storableDate, 'Date', 'A day of the calendar: 2026-11-21.'))
  builder.addScalarType('JSON', described(GraphQLJSON, 'JSON', 'Any JSON value.'))
  builder.addScalarType(
    'SafeInt',
    described(
      safeInt,
      'SafeInt',
      'A whole number up to 2^53 − 1: counts and amounts, which may outgrow the 32 bits of Int.',
    ),
  )
  builder.addScalarType('URL', described(GraphQLURL, 'URL', 'An absolute URL.'))
  builder.addScalarType('UUID', described(GraphQLUUID, 'UUID', 'A UUID: 01960000-0000-7000-8000-000000000001.'))
  builder.addScalarType('EmailAddress', described(GraphQLEmailAddress, 'EmailAddress', 'An email address.'))
}

/** Counts come out of PostgreSQL as BigInt, and JSON has no such thing. */
const safeInt = new GraphQLScalarType({
  ...(GraphQLSafeInt.toConfig() as GraphQLScalarTypeConfig<number, number>),
  serialize: (value) => GraphQLSafeInt.serialize(typeof value === 'bigint' ? Number(value) : value) as number,
})

/** RFC 3339 begins with the year 0, PostgreSQL's calendar and that of Prisma with the year 1. */
const storableDateTime = inStorableYears('DateTime', GraphQLDateTimeISO, (at: Date) => at.getUTCFullYear(), ', in UTC')
const storableDate = inStorableYears('Date', GraphQLLocalDate, (day: string) => Number(day.slice(0, 4)))

function inStorableYears<Value>(name: string, scalar: GraphQLScalarType, yearOf: (value: Value) => number, where = '') {
  const checked = (value: Value): Value => {
    const year = yearOf(value)
    if (year >= 1 && year <= 9999) return value
    throw new GraphQLError(`${name} cannot be in the year ${year}${where}: give one from 1 to 9999.`)
  }
  return new GraphQLScalarType({
    ...scalar.toConfig(),
    parseValue: (value) => checked(scalar.parseValue(value) as Value),
    parseLiteral: (literal, variables) => checked(scalar.parseLiteral(literal, variables) as Value),
  })
}

function described(scalar: GraphQLScalarType, name: string, description: string): GraphQLScalarType {
  const { specifiedByURL: _url, extensions: _extensions, ...config } = scalar.toConfig()
  return new GraphQLScalarType({ ...config, name, description })
}
