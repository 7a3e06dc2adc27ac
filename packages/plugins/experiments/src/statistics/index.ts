export type { ConfidenceOptions, Interval } from './confidence.ts'
export { compareEstimates, type LiftComparison } from './lift.ts'
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
export { weighByPeriod } from './periods.ts'
export { compareProportions, type Proportion, type ProportionComparison, wilsonInterval } from './proportions.ts'
export { alwaysValid, type SequentialOptions, type SequentialResult } from './sequential.ts'
