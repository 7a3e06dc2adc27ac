import { createHash } from 'node:crypto'

/** A statement with its values apart from its text: what {@link sql} makes and every `query` takes. */
export interface Statement {
  readonly text: string
  readonly values: unknown[]
  /** Prepared once a connection under this name, where given. */
  readonly name?: string
}

/**
 * A statement from a template; every `${…}` becomes a bound parameter, so no value reaches the text.
 *
 * From the fifth time on that a process asks by a template, the statement is prepared once a connection: 256 templates of a
 * process at most, the first to come. Those that ask for `*`, or whose values switch filters off, are not.
 *
 * @example db.query(sql`select "id" from "Page" where "slug" = ${slug}`)
 */
export function sql(parts: TemplateStringsArray, ...values: unknown[]): Statement {
  const template = templateOf(parts)
  template.uses += 1
  if (template.uses === usesUntilPrepared && named < mostPrepared && mayBePrepared(template.text)) {
    named += 1
    template.name = `sql_${createHash('sha1').update(template.text).digest('base64url')}`
  }
  const { name, text } = template
  return name === undefined ? { text, values } : { name, text, values }
}

const usesUntilPrepared = 5

/** Connections keep what they have prepared for as long as they live. */
const mostPrepared = 256

let named = 0

interface Template {
  readonly text: string
  uses: number
  name?: string
}

/** By the strings of a template, which are the same object each time that it is evaluated. */
const templates = new WeakMap<TemplateStringsArray, Template>()

function templateOf(parts: TemplateStringsArray): Template {
  const known = templates.get(parts)
  if (known) return known
  const made = { text: parts.reduce((text, part, index) => `${text}$${index}${part}`), uses: 0 }
  templates.set(parts, made)
  return made
}

/**
 * Whether a statement may be prepared by itself. Not one
 * - that asks for `*`: PostgreSQL refuses to run a prepared statement again once a migration has given its rows another column.
 *   A product, written with a space on both sides, and `count(*)` do no harm; any other asterisk might;
 * - with a filter that a value switches off (`$1::uuid is null or …`): each value wants a plan of its own, and a prepared
 *   statement ends up with one for all;
 * - that is no query, such as `set local` or `lock table`.
 */
function mayBePrepared(text: string): boolean {
  return query.test(text) && !text.replace(harmlessAsterisk, '').includes('*') && !switchedFilter.test(text)
}

const query = /^\s*(?:select|insert|update|delete|with)\b/i
const harmlessAsterisk = /count\(\*\)|(?<=["\d)]|::\w+) \* (?=["$\d]|interval ')/gi
const switchedFilter =
  /\$\d+(?:::\w+(?:\[\])?)?\s+is\s|\bnot \$\d|\$\d+::boolean\s+(?:or|and)\b|\b(?:or|and)\s+\$\d+::boolean/i

/**
 * A statement for the data plane, prepared once a connection. Write its text as SQL with `$1`, `$2`, …
 *
 * @example const insertEvents = prepared('tracking_insert_events', 'insert into … select … from unnest($1::uuid[])')
 *          db.query(insertEvents(ids))
 */
export function prepared(name: string, text: string): (...values: unknown[]) => Statement {
  return (...values) => ({ name, text, values })
}
