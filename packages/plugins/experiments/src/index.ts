import { definePlugin } from '@espalier/core'
import tracking from '@espalier/tracking'
import { z } from 'zod'
import { Assignments } from './assignment/assignments.ts'
import { Experiments } from './experiments.ts'
import { experimentTypes } from './schema/experiment.ts'

export type { Assignment } from './assignment/assignments.ts'
export { experimentCompleted, experimentStarted } from './events.ts'
export type { Experiment, ExperimentStatus, Variant } from './experiment.ts'
export type { Experiments } from './experiments.ts'
export type { Proportion, ProportionComparison } from './statistics/proportions.ts'

export default definePlugin({
  name: 'experiments',
  requires: [tracking],
  permissions: {
    'experiments:read': 'See experiments and their results',
    'experiments:write': 'Create, change, start and complete experiments',
  },
  settings: z.object({
    confidence: z
      .number()
      .min(0.5)
      .max(0.999)
      .default(0.95)
      .describe('Level of intervals and of significance, from 0.5 to 0.999.'),
    attributionDays: z
      .int()
      .min(1)
      .max(365)
      .default(30)
      .describe('Days after the first exposure in which a conversion counts for an experiment, from 1 to 365.'),
  }),
  setup: ({ use, settings, live, clock, workspace }) => {
    const experiments = new Experiments(live, new Assignments(clock, workspace), settings)
    use(tracking).onEvents('experiments', (tx, events) => experiments.count(tx, events))
    return experiments
  },
  schema: [experimentTypes],
})
