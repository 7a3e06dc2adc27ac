/** What each reason carries. Numbers are as they were computed: words round them for whoever reads. */
interface ReasonValues {
  STARTED: object
  STARTED_ON_SCHEDULE: object
  START_REFUSED: { problem: string }
  PAUSED: object
  RESUMED: object
  COMPLETED: { winner: string | null }
  STOPPED_ON_SCHEDULE: object
  PHASE: { number: number }
  NEW_QUESTION: object
  WEIGHTS: { weights: Readonly<Record<string, number>> }
  FLOORS: { floors: Readonly<Record<string, number>> }
  CEILINGS: { ceilings: Readonly<Record<string, number>> }
  VARIANTS_ADDED: { variants: readonly string[] }
  VARIANTS_RETIRED: { variants: readonly string[] }
  COVERAGE: { from: number; to: number }
  CONDITION: object
  ACTIVE_HOURS: object
  /** What a person said. */
  WHY: { text: string }

  TOO_FEW_SUBJECTS: { variant: string; have: number; need: number }
  TOO_FEW_CLICKS: { variant: string; metric: string; have: number; need: number }
  TOO_FEW_CONVERSIONS: { variant: string; metric: string; have: number; need: number }
  TOO_EARLY: { days: number; need: number }
  NO_GOAL: object
  NOT_CERTAIN: { variant: string; pValue: number | null; level: number }
  SAMPLE_RATIO: { pValue: number }
  GUARDRAIL: { variant: string; metric: string; pValue: number | null }
  BETTER: { variant: string; metric: string; lift: number | null; pValue: number | null; level: number }
  CHEAP: { variant: string; metric: string; expectedLoss: number; threshold: number }
  BEST: { variant: string; chance: number | null }
  WORSE: { variant: string; metric: string; lift: number | null; pValue: number | null; level: number }
  TIME_IS_UP: { days: number }
  PLAN_REACHED: { need: number }
  REACHED_BEFORE: { phase: number }

  APPLIED: { variant: string }
  FORCED: { variant: string }
  REVERTED: { variant: string }

  CHANCES: { chances: Readonly<Record<string, number>> }
  FEW_FOR_BANDIT: { variant: string; have: number; need: number }
  STEP: { maxStep: number }
  WEIGHTS_STAY: object
}

export type ReasonCode = keyof ReasonValues

/** Why something was decided: a stable code with its values. Words are made where somebody reads it. */
export type Reason = { [Code in ReasonCode]: { readonly code: Code } & Readonly<ReasonValues[Code]> }[ReasonCode]

export type Words = { readonly [Code in ReasonCode]: (values: ReasonValues[Code]) => string }
