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
 * @example db.query(sql`select "id" from "Page" where "slug" = ${slug}`)
 */
export function sql(parts: TemplateStringsArray, ...values: unknown[]): Statement {
  return { text: parts.reduce((text, part, index) => `${text}$${index}${part}`), values }
}

/**
 * A statement for the data plane, prepared once a connection. Write its text as SQL with `$1`, `$2`, …
 *
 * @example const insertEvents = prepared('tracking_insert_events', 'insert into … select … from unnest($1::uuid[])')
 *          db.query(insertEvents(ids))
 */
export function prepared(name: string, text: string): (...values: unknown[]) => Statement {
  return (...values) => ({ name, text, values })
}
