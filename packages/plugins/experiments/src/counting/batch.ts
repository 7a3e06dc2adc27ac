import { BatchChanges } from './batchChanges.ts'
import { type CountedExperiment, type CountedMetric, phaseAt, predictedVariant } from './countedExperiment.ts'
import type { Counted } from './countedExperiments.ts'
import type { KnownSubject } from './countingStore.ts'
import type { Days } from './day.ts'
import { type Exposure, type ExposureClaim, isEarlier } from './exposure.ts'
import type { SubjectEvent, SubjectTime } from './measurementLog.ts'
import type { Measured } from './measurers.ts'
import { addByDay, type DayValue, type SubjectValue } from './subjectValue.ts'

/** A subject in an experiment, with what a batch brings of it. */
interface Pair {
  readonly experimentId: string
  readonly experiment: CountedExperiment
  readonly subject: string
  readonly claims: ExposureClaim[]
  readonly measured: Measured[]
  known?: KnownSubject
  /** The earliest claim, where it comes before what is known: the subject is counted from the log. */
  first?: ExposureClaim
}

/** How a workspace counts. */
export interface CountingRules {
  readonly days: Days
  /** After the exposure, in which events count for metrics without a window of their own. */
  readonly attributionDays: number
}

/** Of a subject that is not in the experiment by its hash. */
const nobody = '00000000-0000-0000-0000-000000000000'

/** From what on an exposure counts as late. Milliseconds between it and its arrival. */
const lateMs = 3600_000

const dayMs = 24 * 3600_000

/**
 * What a batch of claims and events means for the subjects of running experiments: pure, between the reads and the
 * writes. Its steps in order: {@link claim} and {@link measure} what came, {@link know} what was there,
 * {@link derive} subjects that are counted from the log, {@link settle}.
 */
export class Batch {
  readonly #counted: Counted
  readonly #now: Date
  readonly #pairs = new Map<string, Pair>()

  /** @param now when the batch arrived */
  constructor(counted: Counted, now: Date) {
    this.#counted = counted
    this.#now = now
  }

  /** Subjects with their experiments, each once. */
  get pairs(): readonly Pair[] {
    return [...this.#pairs.values()]
  }

  get experiments(): readonly CountedExperiment[] {
    return [...new Set(this.pairs.map(({ experiment }) => experiment))]
  }

  /** Exposures to experiments that run. */
  claim(claims: readonly ExposureClaim[]): void {
    for (const claim of claims) {
      const experiment = this.#counted.running.get(claim.experimentId)
      if (experiment) this.#pairOf(experiment, claim.subject).claims.push(claim)
    }
  }

  measure(events: readonly SubjectEvent[]): void {
    for (const { subject, event } of events)
      this.#counted.measurers.measure(event, (measured) =>
        this.#pairOf(measured.experiment, subject).measured.push(measured),
      )
  }

  /** What was known of the pairs before. Who was never exposed, and is not now, drops out. */
  know(subjects: readonly KnownSubject[]): void {
    for (const known of subjects) {
      const pair = this.#pairs.get(keyOf(known.experimentId, known.subject))
      if (pair) pair.known = known
    }
    for (const [key, pair] of this.#pairs) {
      const earliest = pair.claims.reduce<ExposureClaim | undefined>(
        (first, claim) => (first === undefined || isEarlier(claim, first) ? claim : first),
        undefined,
      )
      const { known } = pair
      if (earliest && (!known || isEarlier(earliest, { ...known, at: known.exposedAt }))) {
        pair.first = earliest
        // All of it is in the log, what this batch brings among it.
        pair.measured.length = 0
      }
      if (!known && !earliest) this.#pairs.delete(key)
    }
  }

  /** Whose events in which span the log is asked for; a subject once, for all its experiments. */
  spansToDerive({ attributionDays }: CountingRules): SubjectTime[] {
    const spans = new Map<string, { subject: string; from: Date; to: Date }>()
    for (const { subject, experiment, first } of this.#pairs.values()) {
      if (!first || experiment.metrics.length === 0) continue
      const from = new Date(first.at.getTime() - experiment.cupedDays * dayMs)
      // Nothing is in the log that lies much ahead of now, and parts of it that are empty need not be looked into.
      const to = new Date(
        Math.min(first.at.getTime() + lastMs(experiment, attributionDays), this.#now.getTime() + dayMs),
      )
      const span = spans.get(subject)
      if (!span) spans.set(subject, { subject, from, to })
      else {
        if (from < span.from) span.from = from
        if (to > span.to) span.to = to
      }
    }
    return [...spans.values()]
  }

  /** Events of the log, of the subjects that are derived from it. */
  derive(events: readonly SubjectEvent[]): void {
    for (const { subject, event } of events)
      this.#counted.measurers.measure(event, (measured) => {
        const pair = this.#pairs.get(keyOf(measured.experiment.id, subject))
        if (pair?.first) pair.measured.push(measured)
      })
  }

  settle(rules: CountingRules): BatchChanges {
    const changes = new BatchChanges()
    for (const pair of this.#pairs.values()) {
      if (pair.first) this.#expose(pair, pair.first, changes, rules)
      else if (pair.known) this.#add(pair, pair.known, changes, rules)
    }
    return changes
  }

  /** A first exposure, or one before what was known: what was counted is taken back, and counted from the log. */
  #expose(pair: Pair, first: ExposureClaim, changes: BatchChanges, rules: CountingRules): void {
    const { experiment, known } = pair
    const { at, subject, variantId, device, country, channel } = first
    const phase = phaseAt(experiment, at)
    const exposure: Exposure = {
      experimentId: experiment.id,
      subject,
      variantId,
      exposedAt: at,
      phase: phase.number,
      day: rules.days.of(at),
      device,
      country,
      channel,
      crossed: isCrossed(pair, variantId),
    }
    changes.exposures.push(exposure)
    changes.experimentIds.add(experiment.id)
    if (known) {
      changes.totals.addExposure(known, -1)
      changes.addRecorded(known, this.#predicted(experiment, known), -1)
    } else {
      changes.exposedNow.add(keyOf(experiment.id, subject))
      if (this.#now.getTime() - at.getTime() > lateMs) changes.addHealth(exposure, 'late')
    }
    changes.totals.addExposure(exposure, 1)
    changes.addRecorded(exposure, this.#predicted(experiment, exposure), 1)
    if (exposure.crossed && !known?.crossed) changes.addHealth(exposure, 'crossover')

    for (const metric of experiment.metrics) {
      const before = known?.values[metric.id]
      const value = derivedValue(pair, metric, at, rules)
      if (before && known) changes.totals.addValue(known, metric, before, -1)
      changes.totals.addValue(exposure, metric, value, 1)
      if (before || value.byDay.length > 0 || value.before)
        changes.values.push({ experimentId: experiment.id, metricId: metric.id, subject, value })
    }
  }

  /** What somebody did who was exposed before. */
  #add(pair: Pair, known: KnownSubject, changes: BatchChanges, rules: CountingRules): void {
    const { experiment, subject } = pair
    if (!known.crossed && isCrossed(pair, known.variantId)) {
      changes.exposures.push({ ...known, crossed: true })
      changes.addHealth(known, 'crossover')
      changes.experimentIds.add(experiment.id)
    }
    for (const metric of experiment.metrics) {
      const before = known.values[metric.id] ?? { byDay: [], before: null }
      const byDay = addByDay(before.byDay, additionsTo(pair, metric, known.exposedAt, rules), metric.once)
      const value = { byDay, before: beforeExposure(pair, metric, known.exposedAt, before.before) }
      if (sameDays(byDay, before.byDay) && (value.before ?? 0) === (before.before ?? 0)) continue
      changes.totals.addValue(known, metric, before, -1)
      changes.totals.addValue(known, metric, value, 1)
      changes.values.push({ experimentId: experiment.id, metricId: metric.id, subject, value })
      changes.experimentIds.add(experiment.id)
    }
  }

  #predicted(experiment: CountedExperiment, { phase: number, subject }: Exposure): string {
    const phase = experiment.phases.find((candidate) => candidate.number === number)
    return (phase && predictedVariant(experiment, phase, subject)) ?? nobody
  }

  #pairOf(experiment: CountedExperiment, subject: string): Pair {
    const key = keyOf(experiment.id, subject)
    let pair = this.#pairs.get(key)
    if (!pair) {
      pair = { experimentId: experiment.id, experiment, subject, claims: [], measured: [] }
      this.#pairs.set(key, pair)
    }
    return pair
  }
}

/** What a subject has of a metric, from all that the log says of it. */
function derivedValue(pair: Pair, metric: CountedMetric, exposedAt: Date, rules: CountingRules): SubjectValue {
  const byDay = addByDay([], additionsTo(pair, metric, exposedAt, rules), metric.once)
  return { byDay, before: beforeExposure(pair, metric, exposedAt, null) }
}

/** What a subject had of a metric in the days before its exposure, which may come to be known later than that. */
function beforeExposure(
  { experiment: { cupedDays }, measured }: Pair,
  metric: CountedMetric,
  exposedAt: Date,
  known: number | null,
): number | null {
  if (cupedDays === 0 || !metric.hasBefore) return known
  const from = exposedAt.getTime() - cupedDays * dayMs
  const earlier = measured.reduce(
    (sum, { metric: of, at, amount }) => (of === metric && at < exposedAt && at.getTime() >= from ? sum + amount : sum),
    0,
  )
  const all = (known ?? 0) + earlier
  return metric.once.value ? Math.min(all, 1) : all
}

/** What happened within a metric's span, with its days. */
function additionsTo(
  { measured }: Pair,
  metric: CountedMetric,
  exposedAt: Date,
  { days, attributionDays }: CountingRules,
): DayValue[] {
  const additions: DayValue[] = []
  for (const { metric: of, part, at, amount } of measured) {
    if (of !== metric) continue
    const { fromMs, toMs } = part.spanOf(attributionDays)
    const elapsed = at.getTime() - exposedAt.getTime()
    if (elapsed < fromMs || elapsed >= toMs) continue
    additions.push(part === metric.below ? [days.of(at), 0, amount] : [days.of(at), amount, 0])
  }
  return additions
}

/** How long after an exposure something can still count. Milliseconds. */
function lastMs({ metrics }: CountedExperiment, attributionDays: number): number {
  const parts = metrics.flatMap(({ above, below }) => (below ? [above, below] : [above]))
  return Math.max(...parts.map((part) => part.spanOf(attributionDays).toMs))
}

/** Whether a subject was seen with another variant than the one it is recorded with. */
function isCrossed({ claims, known }: Pair, variantId: string): boolean {
  return (
    known?.crossed === true ||
    (known !== undefined && known.variantId !== variantId) ||
    claims.some((claim) => claim.variantId !== variantId)
  )
}

function sameDays(one: readonly DayValue[], other: readonly DayValue[]): boolean {
  return (
    one.length === other.length &&
    one.every((day, index) => day.every((part, position) => part === other[index]?.[position]))
  )
}

/** Of a subject in an experiment. */
export function keyOf(experimentId: string, subject: string): string {
  return `${experimentId} ${subject}`
}
