/** A piece of SQL that holds no value of a caller's but as a literal that cannot end early. Made by {@link sqlText} alone. */
export class Sql {
  readonly text: string

  /** @internal */
  constructor(text: string) {
    this.text = text
  }
}

/**
 * SQL for ClickHouse from a template. Versions before 19.14 know no parameters of queries, so every `${…}` is written so that
 * nothing in it can be read as SQL: a text by the digits of its bytes, a number by its digits, an instant by its milliseconds.
 *
 * @example sqlText`SELECT "name" FROM "tracking_event" WHERE "goal" = ${goal} AND "id" = ${uuid(id)}`
 */
export function sqlText(parts: TemplateStringsArray, ...values: readonly (Sql | string | number | Date)[]): Sql {
  return new Sql(parts.reduce((text, part, index) => text + literal(values[index - 1] as Sql) + part))
}

/** An id as the sixteen bytes that it is kept as: they sort as its text does. @throws TypeError for what is no UUID */
export function uuid(id: string): Sql {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) throw new TypeError(`"${id}" is no UUID.`)
  return new Sql(`UUIDStringToNum('${id.toLowerCase()}')`)
}

/** A whole number of 64 bits, as ClickHouse writes it: as text. @throws TypeError for anything else */
export function bigNumber(digits: string): Sql {
  if (!/^\d{1,20}$/.test(digits)) throw new TypeError(`"${digits}" is no number.`)
  return new Sql(`toUInt64(${digits})`)
}

/** The name of a column or a table: from our own lists, never from a caller. */
export function name(of: string): Sql {
  if (!/^\w+$/.test(of)) throw new TypeError(`"${of}" is no name.`)
  return new Sql(`"${of}"`)
}

export function joined(pieces: readonly Sql[], by: ', ' | ' AND ' | ' OR '): Sql {
  return new Sql(pieces.map(({ text }) => text).join(by))
}

function literal(value: Sql | string | number | Date): string {
  if (value instanceof Sql) return value.text
  if (typeof value === 'string') return `unhex('${Buffer.from(value).toString('hex')}')`
  const number = value instanceof Date ? value.getTime() : value
  if (!Number.isSafeInteger(number)) throw new TypeError(`${value} is no whole number.`)
  return `${number}`
}
