import { buckets, levels } from './visitorCounts.ts'

/** The cells of a row's visitors (see visitorCounts.ts) as PostgreSQL's `bit` has them: the first one is the first byte's highest bit. */
export function noCells(): Uint8Array {
  return new Uint8Array((buckets * levels) / 8)
}

export function setCell(cells: Uint8Array, cell: number): void {
  cells[cell >> 3] = (cells[cell >> 3] as number) | (128 >> (cell & 7))
}

export function hasCell(cells: Uint8Array, cell: number): boolean {
  return ((cells[cell >> 3] as number) & (128 >> (cell & 7))) !== 0
}
