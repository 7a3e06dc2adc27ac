import {
  ConflictError,
  checkInput,
  InvalidInputError,
  NotFoundError,
  type SqlContext,
  sql,
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
      throw new ConflictError(`A workspace has at most ${rulesPerWorkspace} alert rules. Delete one first.`)
    const after = await context.db.prisma.alertRule.create({
      data: { ...rule, id: uuidv7(), createdAt: context.clock.now() },
    })
    context.audit({ resourceType: 'AlertRule', resourceId: after.id, after })
    return after
  }

  /** What is left out stays. What alerts it has raised stay too. */
  async update(context: WorkspaceContext, id: string, given: Partial<RuleInput>) {
    const before = await this.#find(context, id)
    const rule = this.check({ ...(before as unknown as RuleInput), ...given })
    const after = await context.db.prisma.alertRule.update({
      where: { workspaceId_id: { workspaceId: context.workspaceId, id } },
      data: rule,
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
    const wrong = (path: string, code: string, message: string) => InvalidInputError.of(`input.${path}`, code, message)
    const metric = this.#metrics.find(rule.metric)
    if (!metric) {
      const known = this.#metrics.all.map(({ name }) => name).join(', ')
      throw wrong('metric', 'UNKNOWN_METRIC', `There is no metric "${rule.metric}". The metrics are: ${known}.`)
    }
    if (rule.filter.goal !== undefined && !metric.goals)
      throw wrong('filter', 'NO_GOALS', `"${rule.metric}" counts no goals. Leave "goal" out, or watch conversions.`)
    if (rule.kind === 'threshold' && rule.threshold === null)
      throw wrong('threshold', 'MISSING', 'A rule with a threshold needs one.')
    if (rule.kind === 'threshold' && rule.direction === 'both')
      throw wrong('direction', 'NOT_BOTH', 'A threshold is passed in one direction: say "above" or "below".')
    if (rule.kind === 'anomaly' && rule.threshold !== null)
      throw wrong('threshold', 'NOT_FOR_ANOMALIES', 'An anomaly has no threshold: it is compared with past weeks.')
    const whole = rule.window % 60 === 0
    if (rule.kind === 'anomaly' && !whole)
      throw wrong('window', 'WHOLE_HOURS', `${rule.window} minutes are no whole hours, which past weeks are kept in.`)
    if (!whole && !metric.minutes)
      throw wrong('window', 'WHOLE_HOURS', `"${rule.metric}" is kept by the hour: give whole hours, such as 60.`)
    return rule
  }

  async #find(context: WorkspaceContext, id: string) {
    const rule = await context.db.prisma.alertRule.findFirst({ where: { id } })
    if (!rule) throw new NotFoundError('AlertRule', id)
    return rule
  }
}

const number = z.number().refine(Number.isFinite, 'is no number')
const between = (least: number, most: number) =>
  number.refine((value) => value >= least && value <= most, `is not from ${least} to ${most}`)
const whole = (least: number, most: number) => between(least, most).refine(Number.isInteger, 'is not a whole number')

const ruleInput = z.object({
  name: z
    .string()
    .trim()
    .refine((name) => name.length >= 1 && name.length <= 100, 'has not 1 to 100 characters'),
  metric: z.string(),
  filter: z
    .object({
      siteId: z.uuid().optional(),
      pageId: z.uuid().optional(),
      goal: z
        .string()
        .refine((goal) => goal.length >= 1 && goal.length <= 64, 'has not 1 to 64 characters')
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
