import {
  ConflictError,
  checkInput,
  InvalidInputError,
  NotFoundError,
  refuseSavedMeanwhile,
  type SqlContext,
  said,
  sql,
  type Told,
  type WorkspaceContext,
} from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import type { Condition } from './judge.ts'
import type { Metric, MetricCatalog, MetricFilter } from './metric.ts'

/** A row of "AlertRule" as alerts need it. */
export interface Rule extends Condition {
  readonly id: string
  readonly name: string
  readonly metric: string
  readonly filter: MetricFilter
  readonly weeks: number
  /** Minutes. */
  readonly window: number
}

export type RuleInput = z.input<typeof ruleInput>

const rulesPerWorkspace = 100

/** When alerts are raised. */
export class Rules {
  readonly #metrics: MetricCatalog

  constructor(metrics: MetricCatalog) {
    this.#metrics = metrics
  }

  /** @throws InvalidInputError, ConflictError when there are 100 */
  async create(context: WorkspaceContext, given: RuleInput) {
    const rule = this.check(given)
    await context.db.query(
      sql`select pg_advisory_xact_lock(hashtextextended(${`operations.rules ${context.workspaceId}`}, 0))`,
    )
    if ((await context.db.prisma.alertRule.count()) >= rulesPerWorkspace)
      throw new ConflictError({
        en: `A workspace has at most ${rulesPerWorkspace} alert rules. Delete one first.`,
        fr: `Un espace a au plus ${rulesPerWorkspace} règles d’alerte. Supprimez-en une d’abord.`,
      })
    const after = await context.db.prisma.alertRule.create({
      data: { ...rule, id: uuidv7(), createdAt: context.clock.now() },
    })
    context.audit({ resourceType: 'AlertRule', resourceId: after.id, after })
    return after
  }

  /** What is left out stays. What alerts it has raised stay too. @throws ConflictError where somebody has saved another version since */
  async update(context: WorkspaceContext, id: string, given: Partial<RuleInput>, expectedVersion?: number | null) {
    await context.db.query(sql`select 1 from "AlertRule" where "id" = ${id} for update`)
    const before = await this.#find(context, id)
    const { name, version } = before
    const edited = { what: `alert rule "${name}"`, resourceType: 'AlertRule', resourceId: id, version }
    await refuseSavedMeanwhile(context, edited, expectedVersion)
    const rule = this.check({ ...(before as unknown as RuleInput), ...given })
    const after = await context.db.prisma.alertRule.update({
      where: { workspaceId_id: { workspaceId: context.workspaceId, id } },
      data: { ...rule, version: { increment: 1 } },
    })
    context.audit({ resourceType: 'AlertRule', resourceId: id, before, after })
    return after
  }

  /** With its alerts. */
  async delete(context: WorkspaceContext, id: string) {
    const before = await this.#find(context, id)
    await context.db.prisma.alertRule.deleteMany({ where: { id } })
    context.audit({ resourceType: 'AlertRule', resourceId: id, before })
    return before
  }

  async active(context: SqlContext): Promise<Rule[]> {
    return context.db.query<Rule>(sql`select * from "AlertRule" where "active" order by "id"`)
  }

  metricOf({ metric }: Pick<Rule, 'metric'>): Metric | undefined {
    return this.#metrics.find(metric)
  }

  /** @throws InvalidInputError for a metric that is none, and for conditions that contradict one another */
  check(given: RuleInput): z.output<typeof ruleInput> {
    const rule = checkInput(ruleInput, given)
    const wrong = (path: string, code: string, message: Told) => InvalidInputError.of(`input.${path}`, code, message)
    const metric = this.#metrics.find(rule.metric)
    if (!metric) {
      const known = this.#metrics.all.map(({ name }) => name).join(', ')
      throw wrong('metric', 'UNKNOWN_METRIC', {
        en: `There is no metric "${rule.metric}". The metrics are: ${known}.`,
        fr: `Il n’y a pas de mesure « ${rule.metric} ». Les mesures sont : ${known}.`,
      })
    }
    if (rule.filter.goal !== undefined && !metric.goals)
      throw wrong('filter', 'NO_GOALS', {
        en: `"${rule.metric}" counts no goals. Leave "goal" out, or watch conversions.`,
        fr: `« ${rule.metric} » ne compte pas d’objectifs. Omettez l’objectif, ou surveillez les conversions.`,
      })
    if (rule.kind === 'threshold' && rule.threshold === null)
      throw wrong('threshold', 'MISSING', {
        en: 'A rule with a threshold needs one.',
        fr: 'Une règle à seuil demande un seuil.',
      })
    if (rule.kind === 'threshold' && rule.direction === 'both')
      throw wrong('direction', 'NOT_BOTH', {
        en: 'A threshold is passed in one direction: say "above" or "below".',
        fr: 'Un seuil se franchit dans un sens : dites au-dessus ou au-dessous.',
      })
    if (rule.kind === 'anomaly' && rule.threshold !== null)
      throw wrong('threshold', 'NOT_FOR_ANOMALIES', {
        en: 'An anomaly has no threshold: it is compared with past weeks.',
        fr: 'Une anomalie n’a pas de seuil : elle est comparée aux semaines passées.',
      })
    const whole = rule.window % 60 === 0
    if (rule.kind === 'anomaly' && !whole)
      throw wrong('window', 'WHOLE_HOURS', {
        en: `${rule.window} minutes are no whole hours, which past weeks are kept in.`,
        fr: `${rule.window} minutes ne font pas des heures entières, seules conservées pour les semaines passées.`,
      })
    if (!whole && !metric.minutes)
      throw wrong('window', 'WHOLE_HOURS', {
        en: `"${rule.metric}" is kept by the hour: give whole hours, such as 60.`,
        fr: `« ${rule.metric} » est conservé à l’heure : donnez des heures entières, telles que 60.`,
      })
    return rule
  }

  async #find(context: WorkspaceContext, id: string) {
    const rule = await context.db.prisma.alertRule.findFirst({ where: { id } })
    if (!rule) throw new NotFoundError('AlertRule', id)
    return rule
  }
}

const number = z.number().refine(Number.isFinite, said({ en: 'is no number', fr: 'n’est pas un nombre' }))
const between = (least: number, most: number) =>
  number.refine(
    (value) => value >= least && value <= most,
    said({ en: `is not from ${least} to ${most}`, fr: `n’est pas de ${least} à ${most}` }),
  )
const whole = (least: number, most: number) =>
  between(least, most).refine(Number.isInteger, said({ en: 'is not a whole number', fr: 'n’est pas un nombre entier' }))

const ruleInput = z.object({
  name: z
    .string()
    .trim()
    .refine(
      (name) => name.length >= 1 && name.length <= 100,
      said({ en: 'has not 1 to 100 characters', fr: 'n’a pas de 1 à 100 caractères' }),
    ),
  metric: z.string(),
  filter: z
    .object({
      siteId: z.uuid().optional(),
      pageId: z.uuid().optional(),
      goal: z
        .string()
        .refine(
          (goal) => goal.length >= 1 && goal.length <= 64,
          said({ en: 'has not 1 to 64 characters', fr: 'n’a pas de 1 à 64 caractères' }),
        )
        .optional(),
    })
    .strict()
    .default({}),
  kind: z.enum(['threshold', 'anomaly']),
  direction: z.enum(['above', 'below', 'both']).default('below'),
  threshold: number.nullable().default(null),
  sensitivity: between(2, 20).default(3.5),
  weeks: whole(4, 12).default(6),
  minimum: between(0, 1e15).default(0),
  window: whole(5, 1_440).default(60),
  active: z.boolean().default(true),
})
