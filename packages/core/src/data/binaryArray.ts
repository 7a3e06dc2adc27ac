import { InvalidInputError } from '../errors.ts'

/** Types of elements that {@link binaryArray} writes, by their name in SQL. */
export interface ArrayElements {
  /** With its hyphens. */
  uuid: string
  text: string
  timestamptz: Date
  /** An integer that JavaScript holds exactly. */
  bigint: number
  boolean: boolean
  /** JSON as text. */
  jsonb: string
  /** Bits, the first one of a byte its highest: as many as the bytes hold. */
  varbit: Uint8Array
}

/** The name of one of them. */
export type ArrayElement = keyof ArrayElements

/** A column of rows that are written as arrays, one for each column. */
export interface ArrayColumn<Row, Type extends ArrayElement = ArrayElement> {
  readonly name: string
  readonly type: Type
  readonly of: (row: Row) => ArrayElements[Type] | null
}

/** A column of any type, which says what its values are. */
export type AnyColumn<Row> = { [Type in ArrayElement]: ArrayColumn<Row, Type> }[ArrayElement]

/** What rows have in a column, as {@link binaryArray}. */
export function columnArray<Row, Type extends ArrayElement>(
  { name, type, of }: ArrayColumn<Row, Type>,
  rows: readonly Row[],
): Buffer {
  return binaryArray(type, rows.map(of), name)
}

/**
 * An array as PostgreSQL's binary protocol takes it, to be given as a parameter (`$1::uuid[]`): the driver sends
 * a Buffer as it is. As text the same array is escaped here and parsed there, which for 2,000 events took longer
 * than to store them.
 *
 * Layout (PostgreSQL's array_recv): dimensions, whether there are nulls, the type of the elements, their number,
 * the index of the first; then for each its length, -1 for null, and its bytes. Integers are big-endian.
 *
 * @param field what the values are, for the error
 * @throws InvalidInputError for what is no value of the type; PostgreSQL would not notice
 */
export function binaryArray<Type extends ArrayElement>(
  type: Type,
  values: readonly (ArrayElements[Type] | null | undefined)[],
  field: string,
): Buffer {
  const { oid, mostBytes, write } = writers[type]
  let bytes = Buffer.allocUnsafe(headerBytes + values.length * 32)
  let end = headerBytes
  let nulls = 0
  for (const value of values) {
    const most = 4 + (value == null ? 0 : mostBytes(value))
    if (end + most > bytes.length) bytes = grown(bytes, end, end + most)
    if (value == null) {
      nulls = 1
      end = bytes.writeInt32BE(-1, end)
    } else {
      const length = write(bytes, end + 4, value)
      if (length < 0)
        throw InvalidInputError.of(field, 'INVALID', {
          en: `"${value}" is not of the type ${type}.`,
          fr: `« ${value} » n’est pas du type ${type}.`,
        })
      bytes.writeInt32BE(length, end)
      end += 4 + length
    }
  }
  bytes.writeInt32BE(1, 0)
  bytes.writeInt32BE(nulls, 4)
  bytes.writeInt32BE(oid, 8)
  bytes.writeInt32BE(values.length, 12)
  bytes.writeInt32BE(1, 16)
  return bytes.subarray(0, end)
}

const headerBytes = 20

interface ElementWriter<Value> {
  /** In pg_type: the same in every installation. */
  readonly oid: number
  mostBytes(value: Value): number
  /** @returns how many bytes it wrote, or -1 for what is no value of the type */
  write(bytes: Buffer, offset: number, value: Value): number
}

const writers: { [Type in ArrayElement]: ElementWriter<ArrayElements[Type]> } = {
  uuid: { oid: 2950, mostBytes: () => 16, write: writeUuid },
  text: {
    oid: 25,
    mostBytes: ({ length }) => 3 * length,
    write: (bytes, offset, text) => bytes.write(text, offset),
  },
  // Microseconds since 2000.
  timestamptz: {
    oid: 1184,
    mostBytes: () => 8,
    write: (bytes, offset, at) => writeInteger(bytes, offset, (at.getTime() - year2000) * 1000),
  },
  bigint: { oid: 20, mostBytes: () => 8, write: writeInteger },
  boolean: {
    oid: 16,
    mostBytes: () => 1,
    write: (bytes, offset, value) => bytes.writeUInt8(Number(value), offset) - offset,
  },
  // The version of the format, then the text.
  jsonb: {
    oid: 3802,
    mostBytes: ({ length }) => 1 + 3 * length,
    write: (bytes, offset, json) => 1 + bytes.write(json, bytes.writeUInt8(1, offset)),
  },
  // The number of bits, then they.
  varbit: {
    oid: 1562,
    mostBytes: ({ length }) => 4 + length,
    write: (bytes, offset, bits) => {
      bytes.set(bits, bytes.writeInt32BE(8 * bits.length, offset))
      return 4 + bits.length
    },
  },
}

const year2000 = Date.UTC(2000, 0, 1)

function writeInteger(bytes: Buffer, offset: number, value: number): number {
  if (!Number.isSafeInteger(value)) return -1
  const high = Math.floor(value / 2 ** 32)
  bytes.writeInt32BE(high, offset)
  bytes.writeUInt32BE(value - high * 2 ** 32, offset + 4)
  return 8
}

function writeUuid(bytes: Buffer, offset: number, uuid: string): number {
  let wrong = uuid.length - 36
  let place = 0
  for (let byte = 0; byte < 16; byte++) {
    if (byte === 4 || byte === 6 || byte === 8 || byte === 10) wrong |= uuid.charCodeAt(place++) ^ hyphen
    const high = digits[uuid.charCodeAt(place++)] ?? noDigit
    const low = digits[uuid.charCodeAt(place++)] ?? noDigit
    wrong |= (high | low) & noDigit
    bytes[offset + byte] = (high << 4) | low
  }
  return wrong === 0 ? 16 : -1
}

const hyphen = '-'.charCodeAt(0)
const noDigit = 0x80
/** Values of hexadecimal digits by their code. */
const digits = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16)
  return Number.isNaN(value) ? noDigit : value
})

function grown(bytes: Buffer, used: number, needed: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafe(2 * needed)
  bytes.copy(larger, 0, 0, used)
  return larger
}
