import { plural, type SqlContext } from '@espalier/core'
import type { Reading } from './judge.ts'
import { type Metric, type MetricSlice, totalOf, type Words } from './metric.ts'
import type { Rule } from './rules.ts'
import { pastWindows, type Span } from './windows.ts'
import { formatSpan, formatValue } from './words.ts'

/** Why an alert was raised, for people in both languages and for programs. */
export interface Cause {
  readonly words: Words
  readonly slice: SliceChange | null
}

/** What under one value of a dimension changed, and how much of the whole change that is. */
export interface SliceChange {
  readonly dimension: string
  readonly label: Words
  readonly value: string | null
  readonly now: number
  readonly usual: number
  /** Of the change in all, from 0 to 1 and, where others made up for it, above. */
  readonly share: number
}

/** From this share of the change on a slice is named as its source. */
const leastShare = 0.5

/** What was found, what is usual, and where most of the change comes from. */
export async function causeOf(
  context: SqlContext,
  metric: Metric,
  rule: Rule,
  reading: Reading,
  timeZone: string,
): Promise<Cause> {
  const slice = await mainSlice(context, metric, rule, reading, timeZone)
  const { unit } = metric
  const { value, expected, span, compared } = reading
  const say = (language: 'en' | 'fr') => {
    const french = language === 'fr'
    const found = formatValue(value ?? 0, unit, language)
    const when = formatSpan(span, timeZone, language)
    const label = metric.label[language]
    const compare =
      rule.kind === 'threshold'
        ? french
          ? `le seuil est ${formatValue(rule.threshold ?? 0, unit, language)}`
          : `the threshold is ${formatValue(rule.threshold ?? 0, unit, language)}`
        : french
          ? `${formatValue(expected ?? 0, unit, language)} est habituel à cette heure (${compared} ${plural.fr(compared, 'semaine', 'semaines')})`
          : `${formatValue(expected ?? 0, unit, language)} is usual at that time (${compared} ${plural.en(compared, 'week', 'weeks')})`
    const first = french ? `${label} : ${found} ${when} ; ${compare}.` : `${label}: ${found} ${when}; ${compare}.`
    return slice
      ? `${first} ${sourceInWords(slice, metric, language)}`
      : `${first} ${spreadInWords(metric, rule, language)}`.trim()
  }
  return { words: { en: say('en'), fr: say('fr') }, slice }
}

function sourceInWords(
  { label, value, now, usual, share }: SliceChange,
  { unit }: Metric,
  language: 'en' | 'fr',
): string {
  const french = language === 'fr'
  const name = value ?? (french ? 'inconnu' : 'unknown')
  const percent = Math.min(100, Math.round(share * 100))
  const [after, before] = [formatValue(now, unit, language), formatValue(usual, unit, language)]
  return french
    ? `${percent} % du changement vient de : ${label.fr} « ${name} », ${after} au lieu de ${before}.`
    : `${percent}% of the change comes from ${label.en} “${name}”: ${after} instead of ${before}.`
}

function spreadInWords(metric: Metric, rule: Rule, language: 'en' | 'fr'): string {
  if (!metric.dimensions || rule.window % 60 !== 0) return ''
  const names = metric.dimensions.map(({ label }) => label[language])
  return language === 'fr'
    ? `Aucune source unique ne l’explique : ${list(names, 'et')} changent ensemble.`
    : `No single source explains it: it is spread over ${list(names, 'and')}.`
}

function list(names: readonly string[], and: string): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} ${and} ${names.at(-1)}`
}

/** The value of a dimension that most of the change comes from; null where no single one explains it. */
async function mainSlice(
  context: SqlContext,
  metric: Metric,
  rule: Rule,
  { span }: Reading,
  timeZone: string,
): Promise<SliceChange | null> {
  if (!metric.dimensions || !metric.split || rule.window % 60 !== 0) return null
  const past = pastWindows(span, Math.min(rule.weeks, comparedWeeks), timeZone)
  let main: SliceChange | null = null
  for (const { name, label } of metric.dimensions) {
    const read = (of: Span) => metric.split?.(context, { ...of, filter: rule.filter }, name) ?? Promise.resolve([])
    const [now, ...before] = await Promise.all([span, ...past].map(read))
    const change = largestChange(metric, now ?? [], before)
    if (change && change.share >= leastShare && change.share > (main?.share ?? 0))
      main = { dimension: name, label, ...change }
  }
  return main
}

/** So many weeks say what is usual in a slice: reading more takes longer than it tells. */
const comparedWeeks = 4

/**
 * Of shares (rates), what a slice contributes to the change is what the amount above the line would be without it: slices are
 * compared by their amounts against what their base would have brought at the usual rate.
 */
function largestChange(
  metric: Metric,
  now: readonly MetricSlice[],
  past: readonly (readonly MetricSlice[])[],
): Omit<SliceChange, 'dimension' | 'label'> | null {
  const weeks = Math.max(past.length, 1)
  const usual = merged(past.flat())
  const current = merged(now)
  const keys = new Set([...usual.keys(), ...current.keys()])
  const nothing = { amount: 0, base: 0 }
  const effects = [...keys].map((key) => {
    const then = usual.get(key) ?? nothing
    const is = current.get(key) ?? nothing
    const rate = then.base > 0 ? then.amount / then.base : 0
    const effect = metric.unit === 'share' ? is.amount - rate * is.base : is.amount - then.amount / weeks
    return { key, effect, then, is }
  })
  const total = effects.reduce((sum, { effect }) => sum + effect, 0)
  if (total === 0 || effects.length < 2) return null
  const [first] = effects.sort((a, b) => b.effect / total - a.effect / total)
  if (!first) return null
  const value = (of: { amount: number; base: number }, per: number) =>
    metric.unit === 'share' ? (totalOf(metric, [of]) ?? 0) : of.amount / per
  return {
    value: first.key === unknown ? null : first.key,
    now: value(first.is, 1),
    usual: value(first.then, weeks),
    share: first.effect / total,
  }
}

const unknown = '\u0000'

function merged(slices: readonly MetricSlice[]): Map<string, { amount: number; base: number }> {
  const sums = new Map<string, { amount: number; base: number }>()
  for (const { value, amount, base = 0 } of slices) {
    const key = value ?? unknown
    const sum = sums.get(key) ?? { amount: 0, base: 0 }
    sums.set(key, { amount: sum.amount + amount, base: sum.base + base })
  }
  return sums
}
