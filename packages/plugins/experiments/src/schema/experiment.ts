import { type Builder, both, follow, prismaList, searchIn, type WorkspaceNodeRef, workspaceNode } from '@espalier/core'
import type { ActiveHours } from '../assignment/activeHours.ts'
import { banditConfigOf } from '../decisions/banditConfig.ts'
import { resultsChanged } from '../events.ts'
import type { Experiments } from '../experiments.ts'
import { actorType } from './actor.ts'
import { decisionTypes } from './decision.ts'
import { decisionMutations } from './decisionMutations.ts'
import { experimentEnums } from './experimentEnums.ts'
import { experimentInputs } from './experimentInputs.ts'
import { experimentMutations } from './experimentMutations.ts'
import { metricTypes } from './metric.ts'
import { phaseTypes } from './phase.ts'
import { plannedSizeTypes } from './plannedSize.ts'
import { resultFields } from './resultFields.ts'
import { ruleTypes } from './rules.ts'
import { targetingTypes } from './targeting.ts'

const read = { permission: 'experiments:read' } as const

/** Experiments: what they are, their list, and everything that is done with them. */
export function experimentTypes(builder: Builder, experiments: Experiments): void {
  const ExperimentMetric = metricTypes(builder, experiments.metrics)
  const ExperimentVariant = variantType(builder)
  const { ExperimentKind, ExperimentStatus } = experimentEnums(builder)
  const targeting = targetingTypes(builder)
  const rules = ruleTypes(builder)

  const Experiment = workspaceNode(builder, 'Experiment', {
    description: 'A comparison of variants on live subjects.',
    authScopes: read,
    subGraphs: both,
    fields: (t) => ({
      key: t.exposeString('key', { description: 'Stable name for code and addresses, unique in the workspace.' }),
      name: t.exposeString('name', { description: 'What people call it.' }),
      hypothesis: t.exposeString('hypothesis', {
        description: 'What is expected, and why. Empty when nobody has written it.',
      }),
      kind: t.expose('kind', { type: ExperimentKind, description: 'What it is for.' }),
      status: t.expose('status', { type: ExperimentStatus, description: 'Where it is in its life.' }),
      winner: t.exposeString('winner', {
        nullable: true,
        description: 'Key of the variant that was declared the winner.',
      }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
      updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
      version: t.exposeInt('version', {
        description:
          'How often people have saved it. Give it back with updateExperiment and changeRunningExperiment as `expectedVersion`.',
      }),
      startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true, description: 'When it began to run.' }),
      completedAt: t.expose('completedAt', { type: 'DateTime', nullable: true, description: 'When it was completed.' }),
      startsAt: t.expose('startsAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it starts by itself, at most a minute late. Null: when somebody starts it.',
      }),
      stopsAt: t.expose('stopsAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it stops by itself, at most a minute late. Null: when somebody completes it.',
      }),
      variants: t.relation('variants', {
        description: 'What is compared, in order; the first is the control. Retired ones are among them.',
        query: { orderBy: { position: 'asc' } },
        extensions: { boundedList: 'an experiment has at most 200 variants, those taken out among them' },
      }),
      coverage: t.exposeFloat('coverage', { description: 'Share of the subjects that takes part, from 0 to 1.' }),
      condition: t.expose('condition', {
        type: 'JSON',
        nullable: true,
        description: 'What must hold of a subject’s attributes, in GrowthBook’s condition language. Null: nothing.',
      }),
      activeHours: t.field({
        type: targeting.ActiveHoursType,
        nullable: true,
        description: 'When it takes subjects in. Null is always.',
        resolve: ({ activeHours }) => activeHours as unknown as ActiveHours | null,
      }),
      namespace: t.field({
        type: targeting.Namespace,
        nullable: true,
        description: 'Excludes it from other experiments of the same name.',
        resolve: ({ namespace: name, namespaceFrom, namespaceTo }) =>
          name === null ? null : { name, from: namespaceFrom ?? 0, to: namespaceTo ?? 1 },
      }),
      holdout: t.relation('holdout', {
        nullable: true,
        description: 'The holdout whose held-back subjects do not take part.',
      }),
      sticky: t.exposeBoolean('sticky', {
        description: 'Whether a subject keeps its variant when weights or conditions change.',
      }),
      inBrowsers: t.exposeBoolean('inBrowsers', {
        description:
          'Whether pages that others serve may decide about it. Its keys, weights, conditions and values are public then.',
      }),
      forced: t.field({
        type: [targeting.Forced],
        description: 'Subjects that try a variant out, and are not counted.',
        extensions: { boundedList: 'at most 100 subjects are forced' },
        resolve: ({ forced }) => forced as { subject: string; variant: string }[],
      }),
      rules: t.field({
        type: rules.RulesType,
        description: 'What a verdict takes: the workspace’s rules, and where it differs its own.',
        resolve: async ({ rules }, _args, ctx) => experiments.rulesOf(ctx, { rules }),
      }),
      bandit: t.field({
        type: rules.BanditType,
        nullable: true,
        description: 'How its weights follow results. Null unless it is a bandit.',
        resolve: ({ kind, bandit }) => (kind === 'bandit' ? banditConfigOf({ bandit }) : null),
      }),
      phase: t.exposeInt('phase', { description: 'Number of the phase that runs, or ran last. 0 for a draft.' }),
    }),
  })

  judgedBy(builder, ExperimentMetric)
  resultFields(builder, { ExperimentVariant, ExperimentMetric }, experiments)
  plannedSizeTypes(builder, experiments)
  const Actor = actorType(builder)
  phaseTypes(builder, { ExperimentVariant, Actor })
  decisionTypes(builder, Actor, experiments)

  const list = prismaList(builder, Experiment, {
    filter: {
      search: searchIn('name', 'key', 'hypothesis'),
      status: ExperimentStatus,
      kind: ExperimentKind,
      key: 'text',
      name: 'text',
      createdAt: 'dateTime',
      startedAt: 'dateTime',
    },
    orderBy: ['createdAt', 'updatedAt', 'name', 'startedAt'],
  })

  builder.queryField('experiments', (t) =>
    list.field(t, { description: 'Experiments of the workspace.', authScopes: read, subGraphs: both }),
  )

  builder.prismaObjectField('ExperimentMetric', 'experiments', (t) =>
    list.field(t, {
      description: 'Experiments that are judged by it, also where it is a part of a ratio.',
      where: (_args, _ctx, { id }: { id: string }) => ({
        goals: { some: { metric: { OR: [{ id }, { numeratorId: id }, { denominatorId: id }] } } },
      }),
    }),
  )

  builder.queryField('experiment', (t) =>
    t.prismaField({
      type: Experiment,
      nullable: true,
      description: 'An experiment by its key.',
      authScopes: read,
      subGraphs: both,
      args: {
        key: t.arg.string({ required: true, description: 'Unique in the workspace. Example: `hero-headline`.' }),
      },
      resolve: (query, _root, { key }, ctx) => ctx.db.prisma.experiment.findFirst({ ...query, where: { key } }),
    }),
  )

  const inputs = experimentInputs(builder, { Experiment, ExperimentKind, ExperimentMetric, ...targeting, ...rules })
  experimentMutations(builder, Experiment, inputs, experiments)
  decisionMutations(builder, Experiment, experiments)

  builder.subscriptionField('experimentUpdated', (t) =>
    t.field({
      type: Experiment,
      description: 'An experiment, at once and again whenever its results change; at most 4 times a second.',
      extensions: { live: { shared: true } },
      authScopes: read,
      subGraphs: both,
      args: { id: t.arg.globalID({ for: Experiment, required: true, description: 'The experiment to watch.' }) },
      subscribe: async (_root, { id }, ctx) => {
        await experiments.get(ctx, id.id)
        return follow(experiments.live, ctx.workspaceId, resultsChanged, id.id, ctx.request.signal)
      },
      resolve: (_message, { id }, ctx) => experiments.get(ctx, id.id),
    }),
  )
}

function variantType(builder: Builder): WorkspaceNodeRef<'ExperimentVariant'> {
  return workspaceNode(builder, 'ExperimentVariant', {
    description: 'One of the things that an experiment compares.',
    authScopes: read,
    subGraphs: both,
    fields: (t) => ({
      key: t.exposeString('key', { description: 'Stable name for code, unique in the experiment.' }),
      name: t.exposeString('name', { description: 'What people call it.' }),
      weight: t.exposeFloat('weight', {
        description: 'Share of the subjects, relative to the weights of the other variants.',
      }),
      value: t.expose('value', {
        type: 'JSON',
        nullable: true,
        description: 'What code gets for it. Null: its key.',
      }),
      floor: t.exposeFloat('floor', {
        description: 'Least share of a bandit’s traffic, from 0 to 1. 0: as the bandit says for all.',
      }),
      ceiling: t.exposeFloat('ceiling', {
        description:
          'Largest share of a bandit’s traffic, above 0 up to 1: how a new variant comes in step by step. 1: no limit.',
      }),
      retiredAt: t.expose('retiredAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it was taken out: nobody gets it any more, its results stay.',
      }),
    }),
  })
}

/** The metrics of an experiment, by what they are to it. */
function judgedBy(builder: Builder, ExperimentMetric: WorkspaceNodeRef<'ExperimentMetric'>): void {
  const metrics = (role: 'goal' | 'secondary' | 'guardrail', description: string) =>
    ({
      type: [ExperimentMetric],
      description,
      extensions: { boundedList: 'an experiment has at most 20 metrics' },
      select: { goals: { where: { role }, orderBy: { position: 'asc' }, select: { metric: true } } },
      resolve: ({ goals }: { goals: readonly { metric: object }[] }) => goals.map(({ metric }) => metric),
    }) as never
  builder.prismaObjectFields('Experiment', (t) => ({
    goals: t.field(metrics('goal', 'Metrics that decide, the first before the others.')),
    secondaryMetrics: t.field(metrics('secondary', 'Metrics that are watched beside them.')),
    guardrails: t.field(metrics('guardrail', 'Metrics that must not get worse.')),
    goal: t.string({
      description:
        'Name of the event, or of the goal of a conversion, that the first goal counts. Empty for other goals.',
      select: { goals: { orderBy: { position: 'asc' }, take: 1, select: { metric: true } } },
      resolve: ({ goals }) => goals[0]?.metric.event ?? '',
    }),
  }))
}
