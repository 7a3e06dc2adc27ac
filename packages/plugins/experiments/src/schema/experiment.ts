import { type Builder, both, follow, prismaList, workspaceNode } from '@espalier/core'
import { resultsChanged } from '../events.ts'
import type { Experiments } from '../experiments.ts'
import { experimentMutations } from './experimentMutations.ts'
import { resultTypes } from './results.ts'

export function experimentTypes(builder: Builder, experiments: Experiments): void {
  const read = { permission: 'experiments:read' } as const

  const ExperimentStatus = builder.enumType('ExperimentStatus', {
    description: 'Where an experiment is in its life.',
    subGraphs: both,
    values: {
      DRAFT: { value: 'draft', description: 'It can be changed; nobody is assigned.' },
      RUNNING: { value: 'running', description: 'Subjects are assigned and counted.' },
      PAUSED: { value: 'paused', description: 'Nobody is assigned and nothing is counted until it is resumed.' },
      COMPLETED: {
        value: 'completed',
        description: 'Its counts no longer move; everyone gets the winner, where there is one.',
      },
      ARCHIVED: { value: 'archived', description: 'Completed and put away: out of the lists, its results stay.' },
    } as const,
  })

  const ExperimentVariant = workspaceNode(builder, 'ExperimentVariant', {
    description: 'One of the things that an experiment compares.',
    authScopes: read,
    subGraphs: both,
    fields: (t) => ({
      key: t.exposeString('key', { description: 'Stable name for code, unique in the experiment.' }),
      name: t.exposeString('name', { description: 'What people call it.' }),
      weight: t.exposeFloat('weight', {
        description: 'Share of the subjects, relative to the weights of the other variants.',
      }),
    }),
  })

  const { ExperimentResults } = resultTypes(builder, ExperimentVariant)

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
      status: t.field({
        type: ExperimentStatus,
        description: 'Where it is in its life.',
        resolve: ({ status }) => status,
      }),
      goal: t.exposeString('goal', { description: 'Name of the event, or of the goal of a conversion, that counts.' }),
      winner: t.exposeString('winner', {
        nullable: true,
        description: 'Key of the variant that was declared the winner.',
      }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
      updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
      startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true, description: 'When it began to run.' }),
      completedAt: t.expose('completedAt', { type: 'DateTime', nullable: true, description: 'When it was completed.' }),
      variants: t.relation('variants', {
        description: 'What is compared, in order; the first is the control.',
        query: { orderBy: { position: 'asc' } },
        extensions: { boundedList: 'an experiment has at most 20 variants' },
      }),
      results: t.field({
        type: ExperimentResults,
        description: 'Counts, rates and comparisons with the control, as of now.',
        complexity: 5,
        resolve: async ({ id }, _args, ctx) => experiments.results(ctx, await experiments.get(ctx, id)),
      }),
    }),
  })

  const list = prismaList(builder, Experiment, {
    filter: { status: ExperimentStatus, key: 'text', name: 'text', createdAt: 'dateTime', startedAt: 'dateTime' },
    orderBy: ['createdAt', 'name', 'startedAt'],
  })

  builder.queryField('experiments', (t) =>
    list.field(t, { description: 'Experiments of the workspace.', authScopes: read, subGraphs: both }),
  )

  builder.queryField('experiment', (t) =>
    t.prismaField({
      type: Experiment,
      nullable: true,
      description: 'An experiment by its key.',
      authScopes: read,
      subGraphs: both,
      args: { key: t.arg.string({ required: true, description: 'Unique in the workspace.' }) },
      resolve: (query, _root, { key }, ctx) => ctx.db.prisma.experiment.findFirst({ ...query, where: { key } }),
    }),
  )

  experimentMutations(builder, Experiment, experiments)

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
