export { weighArrivals } from './arrivals.ts'
export { type BayesOptions, chanceToWin, expectedLoss, expectedLosses, probabilitiesOfBest } from './bayes.ts'
export type { ConfidenceOptions, Interval } from './confidence.ts'
export { compareEstimates, type LiftComparison } from './lift.ts'
export { dot, type Factor, factor, inverse, type Matrix } from './linear.ts'
export { meanInterval } from './meanInterval.ts'
export {
  type CupedMoments,
  cupedEstimates,
  type Estimate,
  type Moments,
  meanEstimate,
  proportionEstimate,
  type RatioMoments,
  ratioEstimate,
} from './moments.ts'
export { adjustedInterval, benjaminiHochberg, holm } from './multiplicity.ts'
export { weighByPeriod } from './periods.ts'
export { type BetaPrior, betaPosterior, normalPosteriors, type Posterior } from './posterior.ts'
export { compareProportions, type Proportion, type ProportionComparison, wilsonInterval } from './proportions.ts'
export { quasiVariances } from './quasiVariances.ts'
export {
  type ArmCount,
  type SampleRatio,
  type SampleRatioCause,
  sampleRatio,
  sampleRatioOfPeriods,
  srmCauses,
} from './sampleRatio.ts'
export {
  detectableEffect,
  type PlannedMetric,
  type PlanOptions,
  type ProportionFormula,
  power,
  subjectsPerArm,
} from './sampleSize.ts'
export { alwaysValid, type SequentialOptions, type SequentialResult } from './sequential.ts'
export { type ThompsonOptions, thompsonWeights } from './thompson.ts'
