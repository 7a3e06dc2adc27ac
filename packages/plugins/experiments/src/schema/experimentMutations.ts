import { type Builder, both, type WorkspaceNodeRef } from '@espalier/core'
import type { ExperimentInput } from '../experimentInput.ts'
import type { Experiments } from '../experiments.ts'
import type { LiveChangeInput } from '../life/liveChange.ts'
import { text } from '../naming.ts'
import { changeOf, type experimentInputs, given } from './experimentInputs.ts'

const write = { permission: 'experiments:write' } as const
const expectedVersion =
  'The version that was read and changed. Refused where somebody has saved since; without it the last one wins.'

/** What people do with experiments: make, change, start, pause, complete, put away. */
export function experimentMutations(
  builder: Builder,
  Experiment: WorkspaceNodeRef<'Experiment'>,
  inputs: ReturnType<typeof experimentInputs>,
  experiments: Experiments,
): void {
  const common = { type: Experiment, authScopes: write, subGraphs: both } as const
  const why = 'Why, for those who ask later. Example: `Returns went up`.'

  builder.mutationField('createExperiment', (t) =>
    t.field({
      ...common,
      description: 'Makes a draft.',
      args: { input: t.arg({ type: inputs.CreateExperimentInput, required: true, description: 'The experiment.' }) },
      resolve: (_root, { input }, ctx) => experiments.create(ctx, changeOf(input) as ExperimentInput),
    }),
  )

  builder.mutationField('updateExperiment', (t) =>
    t.field({
      ...common,
      description: 'Changes a draft.',
      args: {
        id: t.arg.globalID({ for: Experiment, required: true, description: 'The experiment to change.' }),
        input: t.arg({ type: inputs.UpdateExperimentInput, required: true, description: 'What to change.' }),
        expectedVersion: t.arg.int({ description: expectedVersion }),
      },
      resolve: async (_root, { id, input, expectedVersion }, ctx) =>
        experiments.update(ctx, id.id, changeOf(input, (await experiments.get(ctx, id.id)).goals), expectedVersion),
    }),
  )

  builder.mutationField('duplicateExperiment', (t) =>
    t.field({
      ...common,
      description: 'Makes a draft like another experiment, without its results, dates and forced subjects.',
      args: {
        id: t.arg.globalID({ for: Experiment, required: true, description: 'The experiment to take as a model.' }),
        key: t.arg.string({
          required: true,
          description: 'Key of the new one, unique in the workspace. Example: `hero-headline-2`.',
        }),
        name: t.arg.string({ description: 'Name of the new one. Default: the same. Example: `Headline, once more`.' }),
      },
      resolve: (_root, { id, key, name }, ctx) =>
        experiments.drafts.duplicate(ctx, id.id, { key, ...(name ? { name } : {}) }),
    }),
  )

  builder.mutationField('startExperiment', (t) =>
    t.field({
      ...common,
      description: 'Takes a draft live: from now on subjects are assigned and counted.',
      args: { id: t.arg.globalID({ for: Experiment, required: true, description: 'The experiment to start.' }) },
      resolve: (_root, { id }, ctx) => experiments.start(ctx, id.id),
    }),
  )

  builder.mutationField('pauseExperiment', (t) =>
    t.field({
      ...common,
      description: 'Pauses a running experiment: nobody is assigned and nothing is counted until it is resumed.',
      args: {
        id: t.arg.globalID({ for: Experiment, required: true, description: 'The experiment to pause.' }),
        why: t.arg.string({ description: why, validate: text(500) }),
      },
      resolve: (_root, { id, why }, ctx) => experiments.life.pause(ctx, id.id, why ?? undefined),
    }),
  )

  builder.mutationField('resumeExperiment', (t) =>
    t.field({
      ...common,
      description: 'Lets a paused experiment go on, in a new phase.',
      args: { id: t.arg.globalID({ for: Experiment, required: true, description: 'The experiment to resume.' }) },
      resolve: (_root, { id }, ctx) => experiments.life.resume(ctx, id.id),
    }),
  )

  builder.mutationField('changeRunningExperiment', (t) =>
    t.field({
      ...common,
      description:
        'Changes weights, variants, coverage, condition or hours of a running experiment. That begins a new phase, so that results are never mixed.',
      args: {
        id: t.arg.globalID({ for: Experiment, required: true, description: 'The experiment to change.' }),
        input: t.arg({ type: inputs.ChangeRunningExperimentInput, required: true, description: 'What to change.' }),
        expectedVersion: t.arg.int({ description: expectedVersion }),
      },
      resolve: (_root, { id, input, expectedVersion }, ctx) =>
        experiments.changeRunning(ctx, id.id, given(input) as LiveChangeInput, expectedVersion),
    }),
  )

  builder.mutationField('completeExperiment', (t) =>
    t.field({
      ...common,
      description: 'Ends a running or paused experiment. Its counts stay as they are.',
      args: {
        id: t.arg.globalID({ for: Experiment, required: true, description: 'The experiment to complete.' }),
        winner: t.arg.string({
          description:
            'Key of the variant that everyone gets from now on. Without it, there is no winner. Example: `bold`.',
        }),
      },
      resolve: (_root, { id, winner }, ctx) => experiments.complete(ctx, id.id, winner ?? null),
    }),
  )

  builder.mutationField('archiveExperiment', (t) =>
    t.field({
      ...common,
      description: 'Puts a draft or a completed experiment away. A winner goes on being what everyone gets.',
      args: { id: t.arg.globalID({ for: Experiment, required: true, description: 'The experiment to put away.' }) },
      resolve: (_root, { id }, ctx) => experiments.life.archive(ctx, id.id),
    }),
  )

  builder.mutationField('unarchiveExperiment', (t) =>
    t.field({
      ...common,
      description: 'Takes an archived experiment back to what it was.',
      args: { id: t.arg.globalID({ for: Experiment, required: true, description: 'The experiment to take back.' }) },
      resolve: (_root, { id }, ctx) => experiments.life.unarchive(ctx, id.id),
    }),
  )
}
