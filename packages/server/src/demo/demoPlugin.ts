import { defineJob, definePlugin } from '@espalier/core'
import experiments from '@espalier/experiments'
import tracking from '@espalier/tracking'
import { DemoFillings } from './demoFilling.ts'
import { demoFillingTypes } from './demoFillingTypes.ts'
import { DemoHistory, type HistoryInput, historyInput } from './demoHistory.ts'

/** Invents the visitors of a demo, in the background: the first run does not wait for four weeks. */
export const writeDemoHistory = defineJob({
  name: 'demo.write-history',
  input: historyInput,
  timeoutSeconds: 900,
  concurrency: 1,
  singletonKey: ({ experimentId }: HistoryInput) => experimentId,
  run: async (input, ctx, { history }: Demo, { signal }) => history?.write(ctx, input, signal) ?? null,
})

interface Demo {
  /** Undefined where pages or experiments are switched off: it has nothing to write then. */
  readonly history: DemoHistory | undefined
  readonly fillings: DemoFillings
}

/** The demo workspace's past. */
export default definePlugin({
  name: 'demo',
  optional: [tracking, experiments],
  setup: ({ find, log, workspace }): Demo => {
    const [trackingService, experimentsService] = [find(tracking), find(experiments)]
    const history =
      trackingService &&
      experimentsService &&
      new DemoHistory({ tracking: trackingService, experiments: experimentsService, log })
    return { history, fillings: new DemoFillings(workspace) }
  },
  schema: [(builder, { fillings }) => demoFillingTypes(builder, fillings)],
  jobs: [writeDemoHistory],
})
