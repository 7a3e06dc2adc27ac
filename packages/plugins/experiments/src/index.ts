import { definePlugin, type SqlContext } from '@espalier/core'
import tracking from '@espalier/tracking'
import { Assignments } from './assignment/assignments.ts'
import { PageScript } from './browser/pageScript.ts'
import { browserRoutes } from './browser/routes.ts'
import { Counting } from './counting/counting.ts'
import { capMetrics, forgetMeasurements } from './counting/jobs.ts'
import { publicEvents } from './events.ts'
import { examples } from './examples.ts'
import { Experiments } from './experiments.ts'
import { importExperiments } from './import/job.ts'
import { importRoutes } from './import/routes.ts'
import { determineVerdicts, followExperimentSchedules, updateBandits } from './jobs.ts'
import { evaluatePermission, ofrepRoutes } from './ofrep/routes.ts'
import { experimentTypes } from './schema/experiment.ts'
import { importTypes } from './schema/import.ts'
import { recordingTypes, recordPermission } from './schema/recording.ts'
import { settings } from './settings.ts'
import { words } from './words.ts'

export type { Assignment } from './assignment/assignments.ts'
export type { Decision, DecisionReason, Subject } from './assignment/decision.ts'
export type { Plan } from './assignment/plan.ts'
export type { ExposureOutcome, ReportedExposure } from './counting/counting.ts'
export type { Measurement } from './counting/measurementLog.ts'
export type { ToldVerdict } from './decisions/toldVerdict.ts'
export {
  experimentCompleted,
  experimentPaused,
  experimentResumed,
  experimentStarted,
  phaseBegan,
  verdictReached,
  weightsChanged,
} from './events.ts'
export { type Experiment, type ExperimentStatus, shownVariants, type Variant } from './experiment.ts'
export { maxVariantsEver } from './experimentInput.ts'
export type { Experiments } from './experiments.ts'
export type { PlannedItem } from './import/imports.ts'
export type { Proportion, ProportionComparison } from './statistics/proportions.ts'

export default definePlugin({
  name: 'experiments',
  words,
  requires: [tracking],
  permissions: {
    'experiments:read': 'See experiments and their results',
    'experiments:write': 'Create, change, start and complete experiments',
    [recordPermission]: 'Report which variants subjects met, and what they did: for keys of servers',
    [evaluatePermission]: 'Ask which variants a subject gets, and nothing else: for keys, also public ones',
  },
  settings,
  setup: ({ use, live, clock, workspace, settings }) => {
    const attributionDays = async (context: SqlContext) => (await settings(context)).attributionDays
    const counting = new Counting({ tracking: use(tracking), attributionDays, workspace, clock })
    const experiments = new Experiments(
      live,
      new Assignments(clock, workspace),
      counting,
      new PageScript(use(tracking)),
      settings,
    )
    use(tracking).onEvents('experiments', (tx, events) => experiments.count(tx, events))
    return experiments
  },
  examples,
  schema: [experimentTypes, importTypes, recordingTypes],
  events: publicEvents,
  jobs: [
    followExperimentSchedules,
    determineVerdicts,
    updateBandits,
    capMetrics,
    forgetMeasurements,
    importExperiments,
  ],
  routes: [...ofrepRoutes, ...browserRoutes, ...importRoutes],
  stop: ({ counting }) => counting.stop(),
})
