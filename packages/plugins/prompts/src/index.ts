import ai from '@espalier/ai'
import { definePlugin, when } from '@espalier/core'
import experiments, { experimentCompleted, verdictReached } from '@espalier/experiments'
import { evolutionEnded } from './evolution/events.ts'
import { derivePrompt, evolvePrompt, failEvolution } from './evolution/jobs.ts'
import { measureLineages } from './evolution/lineage.ts'
import { examples } from './examples.ts'
import { eraseOldExecutions } from './executions/erasure.ts'
import { completeExecution } from './executions/jobs.ts'
import { eraseOldFeedback } from './feedback/jobs.ts'
import { Prompts } from './prompts.ts'
import { promptTypes } from './schema/prompt.ts'
import { judgeExecution } from './scores/judge.ts'
import { settings } from './settings.ts'
import { testEnded } from './tests/events.ts'
import { settleTest, settleTests } from './tests/jobs.ts'
import { words } from './words.ts'

export { evolutionEnded } from './evolution/events.ts'
export type { Prompts } from './prompts.ts'
export type * from './runner.ts'
export { testEnded } from './tests/events.ts'

export default definePlugin({
  name: 'prompts',
  words,
  requires: [ai, experiments],
  permissions: {
    'prompts:read': 'See prompts, how they do and their A/B tests',
    'prompts:write': 'Write, activate and retire variants of prompts, rate executions, run A/B tests',
    'prompts:run': 'Try prompts out and evolve them, which costs what the model costs',
    // Notes and circumstances are about leads and visitors.
    'feedback:read': { allows: 'See what was predicted and what came of it', personal: true },
    'feedback:write': 'Record predictions and what came of them',
  },
  settings,
  setup: ({ use, live, settings }) =>
    new Prompts({
      ...{ ai: use(ai), experiments: use(experiments), live, settings },
      keepDays: async (context) => (await use(ai).settings(context)).keepDays,
    }),
  examples,
  schema: [promptTypes],
  events: [testEnded, evolutionEnded],
  jobs: [
    completeExecution,
    eraseOldExecutions,
    judgeExecution,
    settleTest,
    settleTests,
    evolvePrompt,
    derivePrompt,
    measureLineages,
    eraseOldFeedback,
  ],
  on: [
    failEvolution,
    // Somebody may end or decide the experiment by itself: its test follows.
    when(verdictReached, ({ payload }, context, { tests }: Prompts) => tests.settleOf(context, payload.experimentId)),
    when(experimentCompleted, ({ payload }, context, { tests }: Prompts) =>
      tests.settleOf(context, payload.experimentId),
    ),
  ],
})
