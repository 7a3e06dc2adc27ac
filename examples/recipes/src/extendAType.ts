import { type Builder, both, definePlugin } from '@espalier/core'
import experiments from '@espalier/experiments'

/** Adds `daysRunning` to `Experiment`, a type of another plugin. */
export default definePlugin({
  name: 'experiment-age',
  requires: [experiments],
  schema: [ageOfExperiments],
})

function ageOfExperiments(builder: Builder): void {
  builder.prismaObjectFields('Experiment', (t) => ({
    daysRunning: t.int({
      nullable: true,
      description: 'Whole days since it was started. Null: it was not.',
      // Its own decision about who may see it, and in which schema.
      authScopes: { permission: 'experiments:read' },
      subGraphs: both,
      // Read together with the experiment, and only where somebody asks for it.
      select: { startedAt: true },
      resolve: ({ startedAt }, _args, ctx) =>
        startedAt && Math.floor((ctx.clock.now().getTime() - startedAt.getTime()) / 86_400_000),
    }),
  }))
}
