import {
  type Builder,
  both,
  deprecated,
  type GraphQLContext,
  prismaList,
  searchIn,
  withoutNulls,
  workspaceNode,
} from '@espalier/core'
import type { Reading } from '../alerts/judge.ts'
import type { Metric } from '../alerts/metric.ts'
import type { Preview } from '../alerts/readings.ts'
import type { RuleInput } from '../alerts/rules.ts'
import type { Operations } from '../operations.ts'
import { alertEnums, ruleInputs, ruleOf } from './alertRuleInput.ts'
import { isFrench } from './person.ts'

const read = { authScopes: { permission: 'operations:read' }, subGraphs: both } as const
const write = { authScopes: { permission: 'operations:write' }, subGraphs: both } as const

/** `alertRules`, what they would have done, and `alerts`. */
export function alertTypes(builder: Builder, { alerts }: Operations): void {
  const enums = alertEnums(builder)

  const Alert = workspaceNode(builder, 'Alert', {
    description: 'A rule that was met, from when it was until it was not.',
    ...read,
    fields: (t) => ({
      status: t.field({
        type: enums.Status,
        description: 'Where it stands.',
        resolve: ({ status }) => status as 'open',
      }),
      value: t.exposeFloat('value', { description: 'What was found, in the unit of the metric.' }),
      expected: t.exposeFloat('expected', {
        nullable: true,
        description: 'What is usual at that time; for anomalies.',
      }),
      score: t.exposeFloat('score', { nullable: true, description: 'Robust z-score; for anomalies.' }),
      cause: t.string({
        description: 'What was found and where it comes from, in the language of whoever asks.',
        resolve: ({ causeEn, causeFr }, _args, ctx) => (isFrench(ctx) ? causeFr : causeEn),
      }),
      evidence: t.expose('evidence', {
        type: 'JSON',
        description: 'The same for programs: span, spread, weeks compared, slice, condition.',
      }),
      openedAt: t.expose('openedAt', { type: 'DateTime', description: 'When it was raised.' }),
      acknowledgedAt: t.expose('acknowledgedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When somebody took it on.',
      }),
      acknowledgedBy: t.exposeString('acknowledgedById', { nullable: true, description: 'Id of whoever did.' }),
      resolvedAt: t.expose('resolvedAt', { type: 'DateTime', nullable: true, description: 'When it ended.' }),
      resolvedBy: t.exposeString('resolvedById', {
        nullable: true,
        description: 'Id of whoever ended it; null: by itself.',
      }),
      rule: t.relation('rule', { description: 'The rule.' }),
    }),
  })
  const list = prismaList(builder, Alert, {
    filter: {
      search: searchIn('rule.name', 'causeEn', 'causeFr'),
      ruleId: 'id',
      status: enums.Status,
      openedAt: 'dateTime',
    },
    orderBy: ['openedAt'],
  })

  const Rule = workspaceNode(builder, 'AlertRule', {
    description: 'When to raise an alert.',
    ...read,
    fields: (t) => ({
      name: t.exposeString('name', { description: 'What people call it.' }),
      metric: t.exposeString('metric', { description: 'What is watched: one of `alertMetrics`.' }),
      filter: t.expose('filter', {
        type: 'JSON',
        description: '`siteId`, `pageId` and `goal`, where it is not the whole workspace.',
      }),
      kind: t.field({
        type: enums.Kind,
        description: 'What its values are compared with.',
        resolve: ({ kind }) => kind as 'threshold',
      }),
      direction: t.field({
        type: enums.Direction,
        description: 'Which way is wrong.',
        resolve: ({ direction }) => direction as 'above',
      }),
      threshold: t.exposeFloat('threshold', { nullable: true, description: 'In the unit of the metric.' }),
      sensitivity: t.exposeFloat('sensitivity', { description: 'Robust z-score from which a value is an anomaly.' }),
      weeks: t.exposeInt('weeks', { description: 'Past weeks that the same hours are compared with.' }),
      minimum: t.exposeFloat('minimum', { description: 'Least volume; below it nothing is judged.' }),
      window: t.exposeInt('window', { description: 'Minutes that are looked at.' }),
      active: t.exposeBoolean('active', { description: 'Whether it is watched.' }),
      checkedAt: t.expose('checkedAt', { type: 'DateTime', nullable: true, description: 'When it was judged last.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
      updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
      version: t.exposeInt('version', {
        description: 'How often people have saved it. Give it back with updateAlertRule as `expectedVersion`.',
      }),
      alerts: list.field(t, {
        description: 'Alerts that it raised.',
        where: (_args, _ctx, { id }: { id: string }) => ({ ruleId: id }),
      }),
    }),
  })
  const rules = prismaList(builder, Rule, {
    filter: { search: searchIn('name', 'metric'), metric: 'text', active: 'boolean' },
    orderBy: ['id', 'name', 'updatedAt'],
  })

  builder.queryField('alerts', (t) => list.field(t, { description: 'Alerts, the newest first.', ...read }))
  builder.queryField('alertRules', (t) => rules.field(t, { description: 'When alerts are raised.', ...read }))

  const AlertMetric = builder.objectRef<Metric>('AlertMetric').implement({
    description: 'A number that can be watched.',
    ...read,
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Its name in rules.' }),
      label: t.string({
        description: 'What people call it, in the language of whoever asks.',
        resolve: ({ label }, _args, ctx) => (isFrench(ctx) ? label.fr : label.en),
      }),
      unit: t.field({ type: enums.Unit, description: 'What its values are.', resolve: ({ unit }) => unit }),
      byMinute: t.boolean({
        description: 'Whether less than an hour can be watched.',
        resolve: ({ minutes }) => minutes !== undefined,
      }),
    }),
  })
  builder.queryField('alertMetrics', (t) =>
    t.field({
      type: [AlertMetric],
      description: 'Everything that can be watched.',
      ...read,
      extensions: { boundedList: 'A handful for each plugin.' },
      resolve: () => [...alerts.metrics.all],
    }),
  )

  const { CreateInput, UpdateInput } = ruleInputs(builder, enums)

  builder.queryField('previewAlertRule', (t) =>
    t.field({
      type: previewType(builder),
      description:
        'What a rule would have done in the past four weeks, judged every hour. Spans of less than an hour count as one.',
      ...read,
      complexity: 50,
      args: { input: t.arg({ type: CreateInput, required: true, description: 'The rule, saved or not.' }) },
      resolve: (_root, { input }, ctx) => alerts.preview(ctx, ruleOf(input)),
    }),
  )

  builder.mutationField('createAlertRule', (t) =>
    t.field({
      type: Rule,
      description: 'Makes a rule. It is judged every five minutes.',
      ...write,
      args: { input: t.arg({ type: CreateInput, required: true, description: 'The rule.' }) },
      resolve: (_root, { input }, ctx) => alerts.rules.create(ctx, ruleOf(input)),
    }),
  )
  builder.mutationField('updateAlertRule', (t) =>
    t.field({
      type: Rule,
      description: 'Changes a rule, switches it off or on.',
      ...write,
      args: {
        id: t.arg.globalID({ for: Rule, required: true, description: 'The rule.' }),
        input: t.arg({ type: UpdateInput, required: true, description: 'What to change.' }),
        expectedVersion: t.arg.int({
          description:
            'The version that was read and changed. Refused where somebody has saved since; without it the last one wins.',
        }),
      },
      resolve: (_root, { id, input, expectedVersion }, ctx) => {
        const { threshold, ...rest } = input
        // Null clears the threshold; of the others it means nothing.
        const change = { ...withoutNulls(rest), ...(threshold !== undefined && { threshold }) }
        return alerts.rules.update(ctx, id.id, change as Partial<RuleInput>, expectedVersion)
      },
    }),
  )
  const Deleted = builder.objectRef<{ id: string }>('DeletedAlertRule').implement({
    description: 'A rule that is gone.',
    ...write,
    fields: (t) => ({ id: t.globalID({ description: 'Its id.', resolve: ({ id }) => ({ type: 'AlertRule', id }) }) }),
  })
  builder.mutationField('deleteAlertRule', (t) =>
    t.field({
      type: Deleted,
      description: 'Deletes a rule with its alerts.',
      ...write,
      args: { id: t.arg.globalID({ for: Rule, required: true, description: 'The rule.' }) },
      resolve: (_root, { id }, ctx) => alerts.rules.delete(ctx, id.id),
    }),
  )

  const answered = async (ctx: GraphQLContext, id: string) => ctx.db.prisma.alert.findFirstOrThrow({ where: { id } })
  builder.mutationField('acknowledgeAlert', (t) =>
    t.field({
      type: Alert,
      description: 'Says that somebody looks after an alert.',
      ...write,
      args: { id: t.arg.globalID({ for: Alert, required: true, description: 'The alert.' }) },
      resolve: async (_root, { id }, ctx) => {
        await alerts.acknowledge(ctx, id.id, whoAsks(ctx))
        return answered(ctx, id.id)
      },
    }),
  )
  builder.mutationField('resolveAlert', (t) =>
    t.field({
      type: Alert,
      description:
        'Says that an alert is over, or is none. Its rule raises no other until the metric was as it should be.',
      ...write,
      args: { id: t.arg.globalID({ for: Alert, required: true, description: 'The alert.' }) },
      resolve: async (_root, { id }, ctx) => {
        await alerts.resolve(ctx, id.id, whoAsks(ctx))
        return answered(ctx, id.id)
      },
    }),
  )
}

function whoAsks({ principal }: GraphQLContext): string | null {
  return principal.type === 'user' ? principal.id : null
}

function previewType(builder: Builder) {
  const Found = builder.objectRef<Reading>('AlertReading').implement({
    description: 'What a rule found in a span.',
    ...read,
    fields: (t) => ({
      from: t.field({ type: 'DateTime', description: 'Beginning of the span.', resolve: ({ span }) => span.from }),
      until: t.field({ type: 'DateTime', description: 'Its end.', resolve: ({ span }) => span.to }),
      to: t.field({
        type: 'DateTime',
        description: 'Its end.',
        deprecationReason: deprecated('2026-11-22', 'until'),
        resolve: ({ span }) => span.to,
      }),
      value: t.exposeFloat('value', { nullable: true, description: 'What was found.' }),
      expected: t.exposeFloat('expected', { nullable: true, description: 'What is usual; for anomalies.' }),
      score: t.exposeFloat('score', { nullable: true, description: 'Robust z-score; for anomalies.' }),
    }),
  })
  return builder.objectRef<Preview>('AlertRulePreview').implement({
    description: 'What a rule would have done.',
    ...read,
    fields: (t) => ({
      from: t.expose('from', { type: 'DateTime', description: 'From when on it was tried.' }),
      until: t.expose('to', { type: 'DateTime', description: 'Until when.' }),
      to: t.expose('to', {
        type: 'DateTime',
        description: 'Until when.',
        deprecationReason: deprecated('2026-11-22', 'until'),
      }),
      judged: t.exposeInt('judged', { description: 'Hours that could be judged.' }),
      unknown: t.exposeInt('unknown', { description: 'Hours with too little data.' }),
      count: t.int({ description: 'Alerts that it would have raised.', resolve: ({ alerts }) => alerts.length }),
      alerts: t.field({
        type: [Found],
        description: 'The first reading of each.',
        extensions: { boundedList: 'One for each hour of four weeks at most.' },
        resolve: ({ alerts }) => [...alerts],
      }),
      hours: t.field({
        type: [Found],
        description: 'Every hour that was looked at, from the first: to draw what the rule is about.',
        extensions: { boundedList: 'The hours of four weeks.' },
        resolve: ({ hours }) => [...hours],
      }),
    }),
  })
}
