import {
  type Builder,
  both,
  definePlugin,
  defineTopic,
  follow,
  type Live,
  type SqlContext,
  sql,
  when,
} from '@espalier/core'
import experiments, { experimentCompleted, experimentStarted } from '@espalier/experiments'

/** Says that the number has changed, not what it is: whoever listens reads it again. */
const runningChanged = defineTopic<null>({
  name: 'running-experiments.count',
  coalesce: () => null,
  afterGap: () => null,
})

/** `runningExperimentsUpdated`: how many experiments run, now and whenever that changes. */
export default definePlugin({
  name: 'running-experiments',
  requires: [experiments],
  setup: ({ live }) => live,
  schema: [runningExperiments],
  on: [
    // The announcement leaves with the commit of the handler's transaction.
    when(experimentStarted, async (_event, tx) => tx.announce(runningChanged, 'all', null)),
    when(experimentCompleted, async (_event, tx) => tx.announce(runningChanged, 'all', null)),
  ],
})

function runningExperiments(builder: Builder, live: Live): void {
  builder.subscriptionField('runningExperimentsUpdated', (t) =>
    t.field({
      type: 'SafeInt',
      description: 'How many experiments run: at once, and again whenever that changes.',
      authScopes: { permission: 'experiments:read' },
      subGraphs: both,
      // Equal subscriptions of a workspace execute once, however many people watch.
      extensions: { live: { shared: true } },
      subscribe: (_root, _args, ctx) => follow(live, ctx.workspaceId, runningChanged, 'all', ctx.request.signal),
      resolve: (_message, _args, ctx) => countRunning(ctx),
    }),
  )
}

async function countRunning(context: SqlContext): Promise<number> {
  const [row] = await context.db.query<{ count: number }>(
    sql`select count(*)::int as "count" from "Experiment" where "status" = 'running'`,
  )
  return row?.count ?? 0
}
