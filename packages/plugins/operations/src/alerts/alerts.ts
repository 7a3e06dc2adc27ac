import { announceChange, ConflictError, NotFoundError, type SqlContext, type SystemContext, sql } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import type { NewNotification } from '../notifier.ts'
import { type Cause, causeOf } from './cause.ts'
import type { Reading } from './judge.ts'
import { type Metric, MetricCatalog } from './metric.ts'
import { latestReading, type Preview, previewRule } from './readings.ts'
import { type Rule, type RuleInput, Rules } from './rules.ts'
import { formatSpan, formatValue } from './words.ts'

export interface AlertsOptions {
  readonly notify: (context: SqlContext, notification: NewNotification) => Promise<unknown>
  /** Where hours and weeks begin. */
  readonly timeZone: (context: SqlContext) => Promise<string>
}

/** Watches metrics: an alert is raised once, from when its rule is met until the metric is as it should be. */
export class Alerts {
  readonly metrics = new MetricCatalog()
  readonly rules = new Rules(this.metrics)
  readonly #options: AlertsOptions

  constructor(options: AlertsOptions) {
    this.#options = options
  }

  /** Offers a metric to be watched. Call it in your plugin's `setup`. @throws StartError */
  addMetric(metric: Metric): void {
    this.metrics.add(metric)
  }

  /** Judges every active rule of every workspace; one that fails keeps no other from it. @returns how many were judged */
  async checkAll(system: SystemContext): Promise<number> {
    // The system door: which workspaces have rules.
    const workspaces = await system.system.query<{ workspaceId: string }>(
      sql`select distinct "workspaceId" from "AlertRule" where "active"`,
    )
    let judged = 0
    for (const { workspaceId } of workspaces) judged += await this.check(system.workspace(workspaceId))
    return judged
  }

  /** The same within one workspace. */
  async check(context: SqlContext): Promise<number> {
    let judged = 0
    for (const rule of await this.rules.active(context)) {
      const metric = this.rules.metricOf(rule)
      // Of a plugin that is switched off.
      if (!metric) continue
      try {
        await this.#check(context, rule, metric)
        judged++
      } catch (error) {
        context.log.warn({ err: error, ruleId: rule.id }, 'an alert rule could not be judged; trying again')
      }
    }
    return judged
  }

  /** What a rule would have done in the past four weeks; of one that is not saved yet, too. @throws InvalidInputError */
  async preview(context: SqlContext, given: RuleInput): Promise<Preview> {
    const rule = {
      id: '',
      ...this.rules.check({ ...given, window: Math.max(60, Math.ceil((given.window ?? 60) / 60) * 60) }),
    }
    const metric = this.rules.metricOf(rule) as Metric
    return previewRule(context, metric, rule, await this.#options.timeZone(context))
  }

  /** Somebody looks after it. @throws NotFoundError, ConflictError for one that is resolved */
  async acknowledge(context: SqlContext, alertId: string, userId: string | null): Promise<void> {
    await this.#answer(context, alertId, 'acknowledged', userId)
  }

  /** It is over, or is none. The rule raises no other until the metric was as it should be. @throws as {@link acknowledge} */
  async resolve(context: SqlContext, alertId: string, userId: string | null): Promise<void> {
    await this.#answer(context, alertId, 'resolved', userId)
  }

  async #answer(
    context: SqlContext,
    alertId: string,
    status: 'acknowledged' | 'resolved',
    userId: string | null,
  ): Promise<void> {
    await context.sqlTransaction(async (tx) => {
      const [before] = await tx.db.query<{ status: string }>(
        sql`select "status" from "Alert" where "id" = ${alertId} for update`,
      )
      if (!before) throw new NotFoundError('Alert', alertId)
      if (before.status === 'resolved' || before.status === status)
        throw new ConflictError({
          en: `The alert is ${before.status} already.`,
          fr: `L’alerte est déjà dans cet état.`,
        })
      const now = tx.clock.now()
      await tx.db.query(
        status === 'acknowledged'
          ? sql`update "Alert" set "status" = ${status}, "acknowledgedAt" = ${now}, "acknowledgedById" = ${userId} where "id" = ${alertId}`
          : sql`update "Alert" set "status" = ${status}, "resolvedAt" = ${now}, "resolvedById" = ${userId} where "id" = ${alertId}`,
      )
      tx.audit({ resourceType: 'Alert', resourceId: alertId, before, after: { status } })
    })
  }

  async #check(context: SqlContext, rule: Rule, metric: Metric): Promise<void> {
    const timeZone = await this.#options.timeZone(context)
    const reading = await latestReading(context, metric, rule, timeZone)
    // Looked for before the transaction: it takes reading, and is needed once.
    const known = await openAlert(context, rule.id)
    const cause =
      reading.verdict === 'met' && !known ? await causeOf(context, metric, rule, reading, timeZone) : undefined
    await context.sqlTransaction(async (tx) => {
      // Two who check at once wait for each other here.
      const [active] = await tx.db.query(
        sql`update "AlertRule" set "checkedAt" = ${tx.clock.now()} where "id" = ${rule.id} and "active" returning 1`,
      )
      if (!active) return
      const open = await openAlert(tx, rule.id)
      if (!open && cause) await this.#raise(tx, rule, metric, reading, cause)
      else if (open && reading.verdict === 'clear') await this.#end(tx, open, rule, metric, reading, timeZone)
    })
  }

  async #raise(tx: SqlContext, rule: Rule, metric: Metric, reading: Reading, { words, slice }: Cause): Promise<void> {
    const id = uuidv7()
    const { value, expected, score, span, spread, compared } = reading
    const evidence = {
      unit: metric.unit,
      from: span.from,
      to: span.to,
      spread,
      compared,
      slice,
      rule: conditionOf(rule),
    }
    await tx.db.query(sql`
      insert into "Alert" ("id", "ruleId", "value", "expected", "score", "causeEn", "causeFr", "evidence", "openedAt")
      values (${id}, ${rule.id}, ${value ?? 0}, ${expected}, ${finite(score)}, ${words.en}, ${words.fr},
        ${JSON.stringify(evidence)}::jsonb, ${tx.clock.now()})`)
    announceChange(tx, 'Alert', id)
    await this.#options.notify(tx, {
      kind: 'alert',
      key: `alert/${id}/open`,
      severity: Math.abs(score ?? 0) >= 2 * rule.sensitivity ? 'critical' : 'warning',
      title: { en: `Alert: ${rule.name}`, fr: `Alerte : ${rule.name}` },
      body: words,
      link: `/alerts/${id}`,
      data: { alertId: id, ruleId: rule.id, metric: rule.metric, value, expected },
    })
  }

  async #end(
    tx: SqlContext,
    open: OpenAlert,
    rule: Rule,
    metric: Metric,
    { value, span }: Reading,
    timeZone: string,
  ): Promise<void> {
    const now = tx.clock.now()
    await tx.db.query(sql`
      update "Alert" set "status" = 'resolved', "resolvedAt" = coalesce("resolvedAt", ${now}), "clearedAt" = ${now}
      where "id" = ${open.id}`)
    announceChange(tx, 'Alert', open.id)
    // Somebody has resolved it before: they know.
    if (open.status === 'resolved') return
    const found = (language: 'en' | 'fr') =>
      `${metric.label[language]}${language === 'fr' ? ' : ' : ': '}${formatValue(value ?? 0, metric.unit, language)} ${formatSpan(span, timeZone, language)}.`
    await this.#options.notify(tx, {
      kind: 'alert',
      key: `alert/${open.id}/resolved`,
      severity: 'success',
      title: { en: `Resolved: ${rule.name}`, fr: `Résolue : ${rule.name}` },
      body: { en: found('en'), fr: found('fr') },
      link: `/alerts/${open.id}`,
      data: { alertId: open.id, ruleId: rule.id, metric: rule.metric, value },
    })
  }
}

interface OpenAlert {
  readonly id: string
  readonly status: string
}

/** The alert that the rule goes on being met by; one that somebody has resolved meanwhile, too. */
async function openAlert(context: SqlContext, ruleId: string): Promise<OpenAlert | undefined> {
  const [open] = await context.db.query<OpenAlert>(sql`
    select "id", "status" from "Alert" where "ruleId" = ${ruleId} and "clearedAt" is null order by "openedAt" desc limit 1`)
  return open
}

function conditionOf({ kind, direction, threshold, sensitivity, weeks, minimum, window }: Rule) {
  return { kind, direction, threshold, sensitivity, weeks, minimum, window }
}

/** The score is infinite where the past never varied and nothing is expected to. */
function finite(score: number | null): number | null {
  return score === null || Number.isFinite(score) ? score : Math.sign(score) * 1e9
}
