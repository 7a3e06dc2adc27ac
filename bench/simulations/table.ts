import type { Chance } from './chance.ts'

export interface Table {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** Draws a simulation, at a tenth of its size for a scale of 0.1. */
export type Simulation = (chance: Chance, scale: number) => Table

/** A share of trials in percent, with twice its standard error. */
export function share(hits: number, trials: number): string {
  const rate = hits / trials
  const error = 2 * Math.sqrt(Math.max(rate * (1 - rate), 1 / trials) / trials)
  const digits = rate < 0.01 ? 2 : 1
  return `${(100 * rate).toFixed(digits)} ± ${(100 * error).toFixed(digits)} %`
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en')
}
