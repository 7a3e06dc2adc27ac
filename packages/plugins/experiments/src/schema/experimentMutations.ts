import { type Builder, both, type WorkspaceNodeRef, withoutNulls } from '@espalier/core'
import type { Experiments } from '../experiments.ts'

const write = { permission: 'experiments:write' } as const

export function experimentMutations(
  builder: Builder,
  Experiment: WorkspaceNodeRef<'Experiment'>,
  experiments: Experiments,
): void {
  const VariantInput = builder.inputType('ExperimentVariantInput', {
    description: 'One of the things to compare.',
    fields: (t) => ({
      key: t.string({
        required: true,
        description: 'Lower-case letters, digits and hyphens, unique in the experiment.',
      }),
      name: t.string({ required: true, description: 'What people call it.' }),
      weight: t.float({
        required: true,
        defaultValue: 1,
        description: 'Share of the subjects, relative to the others. 0 or more.',
      }),
    }),
  })

  const CreateExperimentInput = builder.inputType('CreateExperimentInput', {
    description: 'A new experiment.',
    fields: (t) => ({
      key: t.string({
        required: true,
        description: 'Lower-case letters, digits and hyphens, unique in the workspace.',
      }),
      name: t.string({ required: true, description: 'What people call it.' }),
      hypothesis: t.string({ required: true, defaultValue: '', description: 'What is expected, and why.' }),
      goal: t.string({
        required: true,
        description: 'Name of the event, or of the goal of a conversion, that counts.',
      }),
      variants: t.field({ type: [VariantInput], required: true, description: '2 to 20; the first is the control.' }),
    }),
  })

  const UpdateExperimentInput = builder.inputType('UpdateExperimentInput', {
    description: 'A change of a draft. What is left out stays.',
    fields: (t) => ({
      key: t.string({ description: 'Lower-case letters, digits and hyphens, unique in the workspace.' }),
      name: t.string({ description: 'What people call it.' }),
      hypothesis: t.string({ description: 'What is expected, and why.' }),
      goal: t.string({ description: 'Name of the event, or of the goal of a conversion, that counts.' }),
      variants: t.field({ type: [VariantInput], description: 'Replaces all variants.' }),
    }),
  })

  builder.mutationField('createExperiment', (t) =>
    t.field({
      type: Experiment,
      description: 'Makes a draft.',
      authScopes: write,
      subGraphs: both,
      args: { input: t.arg({ type: CreateExperimentInput, required: true, description: 'The experiment.' }) },
      resolve: (_root, { input }, ctx) => experiments.create(ctx, input),
    }),
  )

  builder.mutationField('updateExperiment', (t) =>
    t.field({
      type: Experiment,
      description: 'Changes a draft.',
      authScopes: write,
      subGraphs: both,
      args: {
        id: t.arg.globalID({ for: Experiment, required: true, description: 'The experiment to change.' }),
        input: t.arg({ type: UpdateExperimentInput, required: true, description: 'What to change.' }),
      },
      resolve: (_root, { id, input }, ctx) => experiments.update(ctx, id.id, withoutNulls(input)),
    }),
  )

  builder.mutationField('startExperiment', (t) =>
    t.field({
      type: Experiment,
      description: 'Takes a draft live: from now on subjects are assigned and counted.',
      authScopes: write,
      subGraphs: both,
      args: { id: t.arg.globalID({ for: Experiment, required: true, description: 'The experiment to start.' }) },
      resolve: (_root, { id }, ctx) => experiments.start(ctx, id.id),
    }),
  )

  builder.mutationField('completeExperiment', (t) =>
    t.field({
      type: Experiment,
      description: 'Ends a running experiment. Its counts stay as they are.',
      authScopes: write,
      subGraphs: both,
      args: {
        id: t.arg.globalID({ for: Experiment, required: true, description: 'The experiment to complete.' }),
        winner: t.arg.string({
          description: 'Key of the variant that everyone gets from now on. Without it, there is no winner.',
        }),
      },
      resolve: (_root, { id, winner }, ctx) => experiments.complete(ctx, id.id, winner ?? null),
    }),
  )
}
