import { figuresIn } from './figures.ts'
import type { Words } from './reason.ts'

const { count, days, noun, amount, pValue, share, lift, names, shares } = figuresIn('en')

const evidence = (value: number | null, level: number) =>
  value === null ? '' : ` (p ${pValue(value)}; below ${amount(level)} is asked for)`
const by = (value: number | null) => (value === null ? '' : ` by ${lift(value)}`)

/** What English makes of reasons. */
export const english: Words = {
  STARTED: () => 'It was started: subjects are assigned and counted.',
  STARTED_ON_SCHEDULE: () => 'Its time had come, so it started by itself.',
  START_REFUSED: ({ problem }) => `Its time had come, and it could not start by itself: ${problem} Start it by hand.`,
  PAUSED: () => 'It was paused: nobody is assigned and nothing counts.',
  RESUMED: () => 'It goes on.',
  COMPLETED: ({ winner }) =>
    winner === null ? 'It was completed without a winner.' : `It was completed: everyone gets “${winner}”.`,
  STOPPED_ON_SCHEDULE: () => 'Its time was up, so it stopped by itself.',
  PHASE: ({ number }) => `Phase ${number} begins; results are weighted by phase.`,
  NEW_QUESTION: () => 'This asks a new question, so the verdict before is set aside and evidence is gathered anew.',
  WEIGHTS: ({ weights }) => `The weights are now ${shares(weights)}.`,
  FLOORS: ({ floors }) => `The least shares are now ${shares(floors)}.`,
  CEILINGS: ({ ceilings }) => `The largest shares are now ${shares(ceilings)}.`,
  VARIANTS_ADDED: ({ variants }) => `New: ${names(variants)}.`,
  VARIANTS_RETIRED: ({ variants }) => `Nobody gets ${names(variants)} any more; what they did stays.`,
  COVERAGE: ({ from, to }) => `Instead of ${share(from)}, ${share(to)} of the subjects take part.`,
  CONDITION: () => 'Who takes part has changed.',
  ACTIVE_HOURS: () => 'When it takes subjects in has changed.',
  WHY: ({ text }) => text,

  TOO_FEW_SUBJECTS: ({ variant, have, need }) => `“${variant}” was seen by ${count(have)} of ${count(need)} subjects.`,
  TOO_FEW_CLICKS: ({ variant, have, need }) => `“${variant}” has ${count(have)} of ${count(need)} clicks.`,
  TOO_FEW_CONVERSIONS: ({ variant, metric, have, need }) =>
    `“${variant}” has ${count(have)} of ${count(need)} conversions to “${metric}”.`,
  TOO_EARLY: ({ days: have, need }) => `It has run for ${days(have)} of ${count(need)} ${noun(need, 'day', 'days')}.`,
  NO_GOAL: () => 'It has no goal that could decide.',
  NOT_CERTAIN: ({ variant, pValue: value, level }) =>
    `Whether “${variant}” differs from the control is not certain yet${evidence(value, level)}.`,
  SAMPLE_RATIO: ({ pValue: value }) =>
    `The variants did not get their shares of the subjects (p ${pValue(value)}), so their results cannot be trusted. See the causes before you go on.`,
  GUARDRAIL: ({ variant, metric }) => `“${variant}” makes “${metric}” worse. Retire it, or end the experiment.`,
  BETTER: ({ variant, metric, lift: value, pValue: p, level }) =>
    `“${variant}” is better than the control at “${metric}”${by(value)}${evidence(p, level)}.`,
  CHEAP: ({ variant, metric, expectedLoss, threshold }) =>
    `Choosing “${variant}” would cost ${amount(expectedLoss)} of “${metric}” on average, were it the worse one; up to ${amount(threshold)} is accepted.`,
  BEST: ({ variant, chance }) =>
    `Of those that are better, “${variant}” is most likely the best${chance === null ? '' : ` (${share(chance)})`}.`,
  WORSE: ({ variant, metric, lift: value, pValue: p, level }) =>
    `“${variant}” is worse than the control at “${metric}”${by(value)}${evidence(p, level)}.`,
  TIME_IS_UP: ({ days: need }) => `Nothing was decided in ${count(need)} ${noun(need, 'day', 'days')}.`,
  PLAN_REACHED: ({ need }) =>
    `Every variant was seen by the ${count(need)} subjects that were planned, and nothing shows.`,
  REACHED_BEFORE: ({ phase }) => `The verdict was reached in phase ${phase}; it does not change by itself.`,

  APPLIED: ({ variant }) => `The verdict was applied: everyone gets “${variant}”.`,
  FORCED: ({ variant }) => `“${variant}” was declared the winner, whatever the verdict: everyone gets it.`,
  REVERTED: ({ variant }) => `That everyone gets “${variant}” was taken back: the experiment runs again.`,

  CHANCES: ({ chances }) => `Chances to be the best: ${shares(chances)}.`,
  FEW_FOR_BANDIT: ({ variant, have, need }) =>
    `“${variant}” was seen by ${count(have)} of ${count(need)} subjects that weights wait for.`,
  STEP: ({ maxStep }) => `No weight moves by more than ${share(maxStep)} at a time.`,
  WEIGHTS_STAY: () => 'The weights stay as they are.',
}
