import {
  type Builder,
  follow,
  NotFoundError,
  prismaList,
  searchIn,
  told,
  type WorkspaceContext,
  workspaceNode,
} from '@espalier/core'
import type { Experiments } from '../experiments.ts'
import { importChanged } from '../import/importChanged.ts'
import { type ImportCounts, notesOf } from '../import/imports.ts'
import { importExperiments } from '../import/job.ts'

/** Imports from other services: their items, planning one, and making what it has planned. */
export function importTypes(builder: Builder, experiments: Experiments): void {
  const { imports } = experiments
  const write = { authScopes: { permission: 'experiments:write' } } as const

  const Status = builder.enumType('ExperimentImportStatus', {
    description: 'Where an import is.',
    values: {
      READY: { value: 'ready', description: 'It is planned; nothing is made.' },
      RUNNING: { value: 'running', description: 'It is being made.' },
      DONE: { value: 'done', description: 'Everything was made that could be.' },
    } as const,
  })
  const Outcome = builder.enumType('ExperimentImportOutcome', {
    description: 'What becomes of one thing of an import.',
    values: {
      PLANNED: { value: 'planned', description: 'It will be made.' },
      MADE: { value: 'made', description: 'It was made.' },
      KNOWN: { value: 'known', description: 'It came with an earlier import, and is left as it is.' },
      INCLUDED: { value: 'included', description: 'It is part of another: a flag of the experiment that decides it.' },
      IMPOSSIBLE: { value: 'impossible', description: 'It cannot be carried over; the notes say why.' },
      FAILED: { value: 'failed', description: 'It was to be made, and could not be; the notes say why.' },
    } as const,
  })
  const Kind = builder.enumType('ExperimentImportKind', {
    description: 'What one thing of an import was.',
    values: {
      METRIC: { value: 'metric', description: 'A metric.' },
      EXPERIMENT: { value: 'experiment', description: 'An experiment.' },
      FEATURE: { value: 'feature', description: 'A flag.' },
    } as const,
  })

  const Item = workspaceNode(builder, 'ExperimentImportItem', {
    description: 'One thing of an import, and what becomes of it.',
    ...write,
    fields: (t) => ({
      kind: t.field({ type: Kind, description: 'What it was.', resolve: ({ kind }) => kind as 'metric' }),
      sourceId: t.exposeString('sourceId', { description: 'Its id there.' }),
      name: t.exposeString('name', { description: 'What it is called.' }),
      key: t.exposeString('key', { nullable: true, description: 'Its key here. Null where it becomes nothing.' }),
      outcome: t.field({
        type: Outcome,
        description: 'What becomes of it.',
        resolve: ({ outcome }) => outcome as 'planned',
      }),
      keepsAssignment: t.exposeBoolean('keepsAssignment', {
        nullable: true,
        description: 'Whether everybody keeps the variant that they have there. Null where there is none to keep.',
      }),
      notes: t.stringList({
        description: 'What is not the same here, what to look at, or why it cannot be made, in the reader’s language.',
        extensions: { boundedList: 'a handful of sentences for each' },
        resolve: ({ notes }, _args, ctx) => notesOf(notes).map((note) => told(ctx.request.locale, note)),
      }),
      targetId: t.string({
        nullable: true,
        description: 'UUID of the experiment or metric here, once there is one.',
        resolve: ({ targetId }) => targetId,
      }),
    }),
  })
  const items = prismaList(builder, Item, {
    filter: { search: searchIn('name', 'sourceId', 'key'), outcome: Outcome, kind: Kind },
    orderBy: ['position', 'name'],
  })

  const Counts = builder.objectRef<ImportCounts>('ExperimentImportCounts').implement({
    description: 'How many things of an import came to what.',
    ...write,
    fields: (t) => ({
      planned: t.exposeInt('planned', { description: 'Still to be made.' }),
      made: t.exposeInt('made', { description: 'Made.' }),
      known: t.exposeInt('known', { description: 'Came with an earlier import.' }),
      included: t.exposeInt('included', { description: 'Part of another.' }),
      impossible: t.exposeInt('impossible', { description: 'Cannot be carried over.' }),
      failed: t.exposeInt('failed', { description: 'Could not be made.' }),
    }),
  })

  const Import = workspaceNode(builder, 'ExperimentImport', {
    description: 'A file of another service, and what becomes of what it holds.',
    ...write,
    fields: (t) => ({
      fileName: t.exposeString('fileName', { description: 'What the file was called.' }),
      status: t.field({ type: Status, description: 'Where it is.', resolve: ({ status }) => status as 'ready' }),
      start: t.exposeBoolean('start', { description: 'Whether experiments that run there are started here.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was uploaded.' }),
      finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true, description: 'When it was done.' }),
      counts: t.field({
        type: Counts,
        description: 'How many things came to what.',
        complexity: 5,
        resolve: ({ id }, _args, ctx) => imports.counts(ctx, id),
      }),
    }),
  })
  builder.prismaObjectField('ExperimentImport', 'items', (t) =>
    items.field(t, {
      description: 'What the file holds, in the order in which it is made.',
      where: (_args, _ctx, { id }: { id: string }) => ({ importId: id }),
    }),
  )

  builder.queryField('experimentImport', (t) =>
    t.prismaField({
      type: Import,
      nullable: true,
      description: 'An import by its id.',
      ...write,
      args: { id: t.arg.globalID({ for: Import, required: true, description: 'The import.' }) },
      resolve: (query, _root, { id }, ctx) =>
        ctx.db.prisma.experimentImport.findFirst({ ...query, where: { id: id.id } }),
    }),
  )

  const get = async (ctx: WorkspaceContext, id: string) => {
    const found = await ctx.db.prisma.experimentImport.findFirst({ where: { id } })
    if (!found) throw new NotFoundError('import', id)
    return found
  }

  builder.mutationField('prepareExperimentImport', (t) =>
    t.field({
      type: Import,
      description:
        'Plans an import from GrowthBook, and makes nothing. A file of more than 1 MiB goes to POST /experiments/import/growthbook.',
      ...write,
      args: {
        export: t.arg({
          type: 'JSON',
          required: true,
          description:
            'What GrowthBook’s REST API answers, or what its SDKs read, or an array of such. Example: `{"experiments": []}`.',
        }),
        fileName: t.arg.string({
          required: true,
          defaultValue: 'growthbook.json',
          description: 'What the file is called. Example: `growthbook.json`.',
        }),
        environment: t.arg.string({
          required: true,
          defaultValue: 'production',
          description: 'The environment whose rules of flags count. Example: `production`.',
        }),
        goal: t.arg.string({
          required: true,
          defaultValue: 'conversion',
          description: 'The event that decides where no metric can be carried over. Example: `signup`.',
        }),
      },
      resolve: async (_root, { export: file, fileName, environment, goal }, ctx) =>
        get(ctx, await imports.prepare(ctx, { fileName, file, options: { environment, goal } })),
    }),
  )

  builder.mutationField('runExperimentImport', (t) =>
    t.field({
      type: Import,
      description: 'Makes what an import has planned, as a job. What was imported before is left as it is.',
      ...write,
      args: {
        id: t.arg.globalID({ for: Import, required: true, description: 'The import.' }),
        start: t.arg.boolean({
          required: true,
          defaultValue: false,
          description: 'Whether experiments that run there are started here. They are drafts otherwise.',
        }),
      },
      resolve: async (_root, { id, start }, ctx) => {
        await imports.begin(ctx, id.id, start)
        await ctx.enqueue(importExperiments, { importId: id.id })
        return get(ctx, id.id)
      },
    }),
  )

  builder.subscriptionField('experimentImportUpdated', (t) =>
    t.field({
      type: Import,
      description: 'An import, at once and again as it goes on; at most 4 times a second.',
      extensions: { live: { shared: true } },
      ...write,
      args: { id: t.arg.globalID({ for: Import, required: true, description: 'The import to watch.' }) },
      subscribe: async (_root, { id }, ctx) => {
        await get(ctx, id.id)
        return follow(experiments.live, ctx.workspaceId, importChanged, id.id, ctx.request.signal)
      },
      resolve: (_message, { id }, ctx) => get(ctx, id.id),
    }),
  )
}
