import {
  type Builder,
  both,
  deprecated,
  prismaList,
  searchIn,
  type WorkspaceNodeRef,
  withoutNulls,
  workspaceNode,
} from '@espalier/core'
import type { MetricChange, MetricInput } from '../metrics/metricInput.ts'
import type { Metrics } from '../metrics/metrics.ts'

/** Metrics: what they are, their list, and making, changing and archiving them. */
export function metricTypes(builder: Builder, metrics: Metrics): WorkspaceNodeRef<'ExperimentMetric'> {
  const read = { authScopes: { permission: 'experiments:read' }, subGraphs: both } as const
  const write = { authScopes: { permission: 'experiments:write' }, subGraphs: both } as const

  const MetricKind = builder.enumType('ExperimentMetricKind', {
    description: 'What a metric asks about a subject.',
    subGraphs: both,
    values: {
      CONVERSION: { value: 'conversion', description: 'Did it do it at least once?' },
      COUNT: { value: 'count', description: 'How often did it do it?' },
      VALUE: { value: 'value', description: 'What was it worth, added up?' },
      RATIO: { value: 'ratio', description: 'One metric over another, such as revenue per order.' },
      ENGAGEMENT: { value: 'engagement', description: 'How long did it look, visible and focused, in seconds?' },
      RETENTION: { value: 'retention', description: 'Did it come back, between two days after its exposure?' },
    } as const,
  })

  const ExperimentMetric = workspaceNode(builder, 'ExperimentMetric', {
    description: 'What experiments are judged by: defined once, used by any of them.',
    ...read,
    fields: (t) => ({
      key: t.exposeString('key', { description: 'Stable name for code, unique in the workspace.' }),
      name: t.exposeString('name', { description: 'What people call it.' }),
      description: t.exposeString('description', { description: 'What it means, and why it matters. May be empty.' }),
      kind: t.field({ type: MetricKind, description: 'What it asks about a subject.', resolve: ({ kind }) => kind }),
      event: t.exposeString('event', {
        nullable: true,
        description: 'Name of the event, or of the goal of a conversion, that counts. Null: any event, or none.',
      }),
      filter: t.expose('filter', {
        type: 'JSON',
        nullable: true,
        description:
          'What must hold of the event, in the condition language of experiments: of "path", "device", "country", "utmSource", "goal", "properties.plan" and so on. Null: nothing.',
      }),
      property: t.exposeString('property', {
        nullable: true,
        description: 'For a value: the property of the event that holds the amount. Null: what the event is worth.',
      }),
      currency: t.exposeString('currency', {
        nullable: true,
        description: 'For a value: ISO 4217. Amounts are in its smallest unit; those in other currencies are left out.',
      }),
      numerator: t.relation('numerator', { nullable: true, description: 'For a ratio: what is above the line.' }),
      denominator: t.relation('denominator', { nullable: true, description: 'For a ratio: what is below the line.' }),
      retentionFrom: t.exposeInt('retentionFrom', {
        nullable: true,
        description: 'For retention: from how many days after the exposure on coming back counts.',
      }),
      retentionTo: t.exposeInt('retentionTo', {
        nullable: true,
        description: 'For retention: up to how many days after the exposure, without that one.',
      }),
      windowHours: t.exposeInt('windowHours', {
        nullable: true,
        description:
          'Hours after the exposure in which an event counts. Null: as many days as the workspace’s setting attributionDays says.',
      }),
      cap: t.exposeFloat('cap', { nullable: true, description: 'A subject counts for at most this much.' }),
      capPercentile: t.exposeFloat('capPercentile', {
        nullable: true,
        description:
          'A subject counts for at most what this share of the subjects that have any of it stays under, from 0 to 1. Worked out every hour.',
      }),
      higherIsBetter: t.exposeBoolean('higherIsBetter', { description: 'Whether more of it is better.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
      updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
      version: t.exposeInt('version', {
        description: 'How often it was saved. Give it back with updateExperimentMetric as `expectedVersion`.',
      }),
      archivedAt: t.expose('archivedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it was put away: experiments that have it go on, others cannot take it.',
      }),
    }),
  })

  const list = prismaList(builder, ExperimentMetric, {
    filter: {
      search: searchIn('name', 'key', 'event', 'description'),
      kind: MetricKind,
      key: 'text',
      name: 'text',
      event: 'text',
      createdAt: 'dateTime',
      archivedAt: 'dateTime',
    },
    orderBy: ['createdAt', 'name', 'key'],
  })

  builder.queryField('experimentMetrics', (t) =>
    list.field(t, { description: 'Metrics of the workspace, archived ones among them.', ...read }),
  )

  builder.queryField('experimentMetric', (t) =>
    t.prismaField({
      type: ExperimentMetric,
      nullable: true,
      description: 'A metric by its key.',
      ...read,
      args: { key: t.arg.string({ required: true, description: 'Unique in the workspace. Example: `orders`.' }) },
      resolve: (query, _root, { key }, ctx) => ctx.db.prisma.experimentMetric.findFirst({ ...query, where: { key } }),
    }),
  )

  const CreateMetricInput = builder.inputType('CreateExperimentMetricInput', {
    description: 'A metric to be. Each kind takes its own fields, and refuses the others.',
    fields: (t) => ({
      key: t.string({
        required: true,
        description: 'Lower-case letters, digits and hyphens, unique in the workspace. Example: `orders`.',
      }),
      name: t.string({ required: true, description: 'What people call it. Example: `Orders`.' }),
      description: t.string({
        required: true,
        defaultValue: '',
        description: 'What it means, and why it matters. Example: `Orders that were paid`.',
      }),
      kind: t.field({ type: MetricKind, required: true, description: 'What it asks about a subject.' }),
      event: t.string({
        description:
          'Name of the event, or of the goal of a conversion, that counts. CONVERSION, COUNT and VALUE need it, RETENTION may have it. Example: `order`.',
      }),
      filter: t.field({
        type: 'JSON',
        description: 'What must hold of the event: not for RATIO. Example: `{ "properties.plan": "team" }`.',
      }),
      property: t.string({ description: 'For VALUE: the property that holds the amount. This or `currency`.' }),
      currency: t.string({ description: 'For VALUE: ISO 4217, to add up what events are worth. This or `property`.' }),
      numeratorId: t.globalID({ for: ExperimentMetric, description: 'For RATIO: what is above the line.' }),
      denominatorId: t.globalID({ for: ExperimentMetric, description: 'For RATIO: what is below the line.' }),
      retentionFrom: t.int({ description: 'For RETENTION: days after the exposure, 0 to 365.' }),
      retentionTo: t.int({ description: 'For RETENTION: days after the exposure, without that one.' }),
      windowHours: t.int({ description: 'Hours after the exposure in which an event counts: 1 to 8,760.' }),
      cap: t.float({ description: 'A subject counts for at most this much: for COUNT, VALUE and ENGAGEMENT.' }),
      capPercentile: t.float({ description: 'Or for at most this percentile, above 0 and below 1.' }),
      higherIsBetter: t.boolean({ required: true, defaultValue: true, description: 'Whether more of it is better.' }),
    }),
  })

  builder.mutationField('createExperimentMetric', (t) =>
    t.field({
      type: ExperimentMetric,
      description: 'Defines a metric.',
      ...write,
      args: { input: t.arg({ type: CreateMetricInput, required: true, description: 'The metric.' }) },
      resolve: (_root, { input: { numeratorId, denominatorId, ...input } }, ctx) =>
        metrics.create(
          ctx,
          withoutNulls({
            ...input,
            numeratorId: numeratorId?.id ?? null,
            denominatorId: denominatorId?.id ?? null,
          }) as MetricInput,
        ),
    }),
  )

  const UpdateMetricInput = builder.inputType('UpdateExperimentMetricInput', {
    description:
      'A change of a metric: what is left out stays, null clears. Once a started experiment is judged by it, only name and description.',
    fields: (t) => ({
      key: t.string({
        description: 'Lower-case letters, digits and hyphens, unique in the workspace. Example: `orders`.',
      }),
      name: t.string({ description: 'What people call it. Example: `Orders`.' }),
      description: t.string({ description: 'What it means, and why it matters. Example: `Orders that were paid`.' }),
      event: t.string({
        description: 'Name of the event, or of the goal of a conversion, that counts. Example: `order`.',
      }),
      filter: t.field({
        type: 'JSON',
        description: 'What must hold of the event. Example: `{ "properties.plan": "team" }`.',
      }),
      property: t.string({ description: 'For VALUE: the property that holds the amount. Example: `total`.' }),
      currency: t.string({ description: 'For VALUE: ISO 4217. Example: `EUR`.' }),
      retentionFrom: t.int({ description: 'For RETENTION: days after the exposure.' }),
      retentionTo: t.int({ description: 'For RETENTION: days after the exposure, without that one.' }),
      windowHours: t.int({ description: 'Hours after the exposure in which an event counts.' }),
      cap: t.float({ description: 'A subject counts for at most this much.' }),
      capPercentile: t.float({ description: 'Or for at most this percentile.' }),
      higherIsBetter: t.boolean({ description: 'Whether more of it is better.' }),
    }),
  })

  builder.mutationField('updateExperimentMetric', (t) =>
    t.field({
      type: ExperimentMetric,
      description: 'Changes a metric.',
      ...write,
      args: {
        id: t.arg.globalID({ for: ExperimentMetric, required: true, description: 'The metric to change.' }),
        input: t.arg({ type: UpdateMetricInput, required: true, description: 'What to change.' }),
        expectedVersion: t.arg.int({
          description:
            'The version that was read and changed. Refused where somebody has saved since; without it the last one wins.',
        }),
      },
      resolve: (_root, { id, input, expectedVersion }, ctx) =>
        metrics.update(ctx, id.id, { ...input } as MetricChange, expectedVersion),
    }),
  )

  builder.mutationField('archiveExperimentMetric', (t) =>
    t.field({
      type: ExperimentMetric,
      description: 'Puts a metric away: experiments that have it go on, others cannot take it.',
      ...write,
      args: { id: t.arg.globalID({ for: ExperimentMetric, required: true, description: 'The metric.' }) },
      resolve: (_root, { id }, ctx) => metrics.archive(ctx, id.id),
    }),
  )

  const takeBack = (name: string, deprecationReason?: string) =>
    builder.mutationField(name, (t) =>
      t.field({
        type: ExperimentMetric,
        description: 'Takes an archived metric back.',
        deprecationReason,
        ...write,
        args: { id: t.arg.globalID({ for: ExperimentMetric, required: true, description: 'The metric.' }) },
        resolve: (_root, { id }, ctx) => metrics.restore(ctx, id.id),
      }),
    )
  takeBack('unarchiveExperimentMetric')
  takeBack('restoreExperimentMetric', deprecated('2026-11-22', 'unarchiveExperimentMetric'))

  return ExperimentMetric
}
