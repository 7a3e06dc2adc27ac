import { type Builder, both, type WorkspaceNodeRef } from '@espalier/core'
import type { Experiments } from '../experiments.ts'
import { text } from '../naming.ts'

/** What is decided about experiments: verdicts, winners, weights of bandits. */
export function decisionMutations(
  builder: Builder,
  Experiment: WorkspaceNodeRef<'Experiment'>,
  experiments: Experiments,
): void {
  const common = { type: Experiment, authScopes: { permission: 'experiments:write' }, subGraphs: both } as const
  const why = 'Why, for those who ask later. Example: `Returns went up`.'

  builder.mutationField('determineWinner', (t) =>
    t.field({
      ...common,
      description:
        'Looks at the results now and writes down what they say, whatever that is. A verdict that was reached before stays.',
      args: { id: t.arg.globalID({ for: Experiment, required: true, description: 'The experiment to judge.' }) },
      resolve: (_root, { id }, ctx) => experiments.verdicts.determine(ctx, id.id),
    }),
  )

  builder.mutationField('applyWinner', (t) =>
    t.field({
      ...common,
      description:
        'Carries out the verdict: completes the experiment, and everyone gets the winner, or the control where the others lost.',
      args: { id: t.arg.globalID({ for: Experiment, required: true, description: 'The experiment.' }) },
      resolve: (_root, { id }, ctx) => experiments.winners.apply(ctx, id.id),
    }),
  )

  builder.mutationField('forceWinner', (t) =>
    t.field({
      ...common,
      description: 'Completes the experiment with a variant as its winner, whatever the verdict is.',
      args: {
        id: t.arg.globalID({ for: Experiment, required: true, description: 'The experiment.' }),
        variant: t.arg.string({
          required: true,
          description: 'Key of the variant that everyone gets. Example: `bold`.',
        }),
        why: t.arg.string({ required: true, description: `${why} It must not be empty.`, validate: text(500) }),
      },
      resolve: (_root, { id, variant, why }, ctx) => experiments.winners.force(ctx, id.id, variant, why),
    }),
  )

  builder.mutationField('revertWinner', (t) =>
    t.field({
      ...common,
      description: 'Takes back that everyone gets the winner: the experiment runs again, in a new phase.',
      args: {
        id: t.arg.globalID({ for: Experiment, required: true, description: 'The experiment.' }),
        why: t.arg.string({ description: why, validate: text(500) }),
      },
      resolve: (_root, { id, why }, ctx) => experiments.winners.revert(ctx, id.id, why ?? undefined),
    }),
  )

  builder.mutationField('updateBanditNow', (t) =>
    t.field({
      ...common,
      description: 'Lets the weights of a bandit follow its results now, whenever the next update is due.',
      args: { id: t.arg.globalID({ for: Experiment, required: true, description: 'The bandit.' }) },
      resolve: (_root, { id }, ctx) => experiments.bandits.updateNow(ctx, id.id),
    }),
  )
}
