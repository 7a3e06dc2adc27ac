/**
 * Writes rows as ClickHouse's format RowBinary has them: values one after another in the order of the columns, integers with
 * their lowest byte first, texts after their length as a varint, a byte before what may be null.
 */
export class RowBinary {
  #bytes = Buffer.allocUnsafe(64 * 1024)
  #end = 0

  /** What was written so far. */
  get rows(): Buffer {
    return this.#bytes.subarray(0, this.#end)
  }

  /** @returns whether there is a value to follow */
  nullable(isNull: boolean): boolean {
    this.#room(1)
    this.#end = this.#bytes.writeUInt8(isNull ? 1 : 0, this.#end)
    return !isNull
  }

  /** FixedString(16). @param id a UUID with its hyphens, which has been checked */
  uuid(id: string): void {
    this.#room(16)
    this.#end += this.#bytes.write(id.replaceAll('-', ''), this.#end, 'hex')
  }

  text(value: string): void {
    const length = Buffer.byteLength(value)
    this.#room(length + 5)
    let left = length
    for (; left >= 0x80; left >>>= 7) this.#end = this.#bytes.writeUInt8((left & 0x7f) | 0x80, this.#end)
    this.#end = this.#bytes.writeUInt8(left, this.#end)
    this.#end += this.#bytes.write(value, this.#end)
  }

  /** Int64 or UInt64. @param value an integer that JavaScript holds exactly, or a bigint */
  int64(value: number | bigint): void {
    this.#room(8)
    this.#end = this.#bytes.writeBigInt64LE(BigInt(value), this.#end)
  }

  /** DateTime: seconds since 1970. */
  dateTime(seconds: number): void {
    this.#room(4)
    this.#end = this.#bytes.writeUInt32LE(seconds, this.#end)
  }

  #room(bytes: number): void {
    if (this.#end + bytes <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(2 * (this.#end + bytes))
    this.#bytes.copy(larger, 0, 0, this.#end)
    this.#bytes = larger
  }
}
