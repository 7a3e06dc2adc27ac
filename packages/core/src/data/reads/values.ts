import type { ReadColumn } from './readModel.ts'
import type { Placeholder } from './shape.ts'

/** Thrown for what this cannot say in SQL; the call is Prisma's then. */
class Unsupported extends Error {}

export function unsupported(): Error {
  return new Unsupported('A read that is left to Prisma.')
}

export function isUnsupported(error: unknown): boolean {
  return error instanceof Unsupported
}

type Encode = (value: unknown) => unknown

/** The parameters of a statement that is being written, and how each value of a call becomes one. */
export class Bindings {
  readonly #encodings: { index: number; encode: Encode }[] = []

  /** A value that is compared with a column. */
  value({ index }: Placeholder, column: ReadColumn, encode: Encode = (value) => encoded(value, column)): string {
    return `${this.#parameter(index, encode)}::${column.type}`
  }

  /** An array of values that are compared with a column. */
  values({ index }: Placeholder, column: ReadColumn): string {
    const encode = (given: unknown) => {
      if (!Array.isArray(given)) throw unsupported()
      return given.map((value) => encoded(value, column))
    }
    return `${this.#parameter(index, encode)}::${column.type}[]`
  }

  /** A number of rows. */
  count({ index }: Placeholder): string {
    return `${this.#parameter(index, (value) => {
      // A negative one takes from the end, which is Prisma's own idea.
      if (!Number.isSafeInteger(value) || (value as number) < 0) throw unsupported()
      return value
    })}::int`
  }

  /** How to turn a call's values into the statement's. */
  get encode(): (values: readonly unknown[]) => unknown[] {
    const encodings = this.#encodings
    return (values) => encodings.map(({ index, encode }) => encode(values[index]))
  }

  #parameter(index: number, encode: Encode): string {
    this.#encodings.push({ index, encode })
    return `$${this.#encodings.length}`
  }
}

/** What Prisma would refuse, or take for something else, is left to it. */
function encoded(value: unknown, { kind }: ReadColumn): unknown {
  switch (kind) {
    case 'text':
      if (typeof value === 'string' && !value.includes('\0')) return value
      break
    case 'int':
      if (Number.isInteger(value) && Math.abs(value as number) < 2 ** 31) return value
      break
    case 'float':
      if (typeof value === 'number' && Number.isFinite(value)) return value
      break
    case 'boolean':
      if (typeof value === 'boolean') return value
      break
    case 'bigint':
      if (typeof value === 'bigint' || Number.isSafeInteger(value)) return String(value)
      break
    case 'instant':
      if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString()
  }
  throw unsupported()
}
