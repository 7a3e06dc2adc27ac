import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

export interface Chance {
  /** In (0, 1). */
  uniform(): number
  normal(): number
  /** How many of `trials` succeed. */
  binomial(trials: number, rate: number): number
  /** What somebody spends who spends: exp(mean + deviation · normal). */
  logNormal(mean: number, deviation: number): number
}

/** Chance by xoroshiro128+, whose period no simulation reaches. */
export function createChance(seed: number): Chance {
  const source = xoroshiro128plus(seed)
  const uniform = () => ((source.next() >>> 0) + 0.5) / 2 ** 32
  let spare: number | undefined

  /** Box and Muller: two at a time. */
  function normal(): number {
    if (spare !== undefined) {
      const kept = spare
      spare = undefined
      return kept
    }
    const radius = Math.sqrt(-2 * Math.log(uniform()))
    const angle = 2 * Math.PI * uniform()
    spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }

  function binomial(trials: number, rate: number): number {
    if (rate > 0.5) return trials - binomial(trials, 1 - rate)
    if (rate > 0.15) {
      const bar = rate * 2 ** 32
      let hits = 0
      for (let trial = 0; trial < trials; trial++) if (source.next() >>> 0 < bar) hits += 1
      return hits
    }
    // From one success to the next: for rare ones a draw each, not a draw for each trial.
    const perFailure = Math.log1p(-rate)
    let hits = 0
    for (let trial = 0; ; hits++) {
      trial += 1 + Math.floor(Math.log(uniform()) / perFailure)
      if (trial > trials) return hits
    }
  }

  return { uniform, normal, binomial, logNormal: (mean, deviation) => Math.exp(mean + deviation * normal()) }
}
