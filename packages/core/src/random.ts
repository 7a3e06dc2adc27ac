import { randomFillSync } from 'node:crypto'

/** Chance, injected. */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  next(): number
}

/** Chance that nobody can foresee. */
export const systemRandom: Random = {
  next: () => fraction(randomFillSync(new Uint32Array(2))),
}

/** A repeatable source for tests, simulations and seeded draws. SplitMix32. @param seed any 32-bit integer */
export function seededRandom(seed: number): Random {
  let state = seed | 0
  const next32 = () => {
    state = (state + 0x9e3779b9) | 0
    let mixed = state ^ (state >>> 16)
    mixed = Math.imul(mixed, 0x21f0aaad)
    mixed ^= mixed >>> 15
    mixed = Math.imul(mixed, 0x735a2d97)
    return (mixed ^ (mixed >>> 15)) >>> 0
  }
  return { next: () => fraction([next32(), next32()]) }
}

/** Two 32-bit words as a fraction of 53 bits. */
function fraction(words: ArrayLike<number>): number {
  return ((words[0] as number) * 2 ** 21 + ((words[1] as number) >>> 11)) / 2 ** 53
}
