import { type Format, useFormat } from '@espalier/admin-kit'
import type { ExperimentMetricKind } from './graphql/graphql.ts'

export interface MeasuredBy {
  readonly kind: ExperimentMetricKind
  readonly currency?: string | null
}

/** How means of a metric are written: rates as percent, money in its currency, engagement in seconds. */
export function useMeanFormat(): (metric: MeasuredBy) => (mean: number) => string {
  const format = useFormat()
  return (metric) => (mean) => meanIn(format, metric, mean)
}

export function meanIn(format: Format, { kind, currency }: MeasuredBy, mean: number): string {
  if (kind === 'CONVERSION' || kind === 'RETENTION') return format.percent(mean, mean < 0.1 ? 2 : 1)
  if (kind === 'ENGAGEMENT') return format.duration(mean * 1000)
  if (currency) return format.money(mean, currency)
  return format.number(mean, Math.abs(mean) < 10 ? 3 : 1)
}

/** A lift with its sign, and a digit more where it is small. */
export function writeLift(format: Format, lift: number): string {
  return format.change(lift, lift !== 0 && Math.abs(lift) < 0.1 ? 1 : 0)
}

/** A chance from 0 to 1. Nothing is ever quite certain. */
export function writeChance(format: Format, chance: number): string {
  if (chance > 0.999) return `> ${format.percent(0.999)}`
  return chance < 0.001 ? `< ${format.percent(0.001)}` : format.percent(chance)
}

/** A p-value, from 0 to 1. */
export function writeP(format: Format, p: number): string {
  return p < 0.001 ? `< ${format.number(0.001, 3)}` : format.number(p, 3)
}
