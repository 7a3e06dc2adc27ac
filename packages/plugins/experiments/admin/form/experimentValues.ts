import type {
  CreateExperimentInput,
  ExperimentCorrection,
  ExperimentDesignFragment,
  ExperimentKind,
} from '../graphql/graphql.ts'
import type { ChosenMetric } from '../metrics/chosenMetric.ts'
import { type HypothesisLanguage, hypothesisParts, hypothesisText } from './hypothesis.ts'

export interface VariantValues {
  name: string
  key: string
  weight: number | null
  /** What code gets: JSON, or a text. Empty: its key. */
  value: string
}

/** What the form of an experiment edits. Numbers that are null are as the workspace says. */
export interface ExperimentValues {
  name: string
  key: string
  believe: string
  because: string
  know: string
  kind: ExperimentKind
  goals: ChosenMetric[]
  secondaryMetrics: ChosenMetric[]
  guardrails: ChosenMetric[]
  variants: VariantValues[]
  coverage: number | null
  condition: unknown
  hours: { timeZone: string; from: string; to: string; weekdays: string[] } | null
  namespace: { name: string; from: number | null; to: number | null } | null
  holdoutId: string | null
  sticky: boolean
  inBrowsers: boolean
  forced: { subject: string; variant: string }[]
  startsAt: string | null
  stopsAt: string | null
  rules: {
    confidence: number | null
    minExposures: number | null
    minConversions: number | null
    minClicks: number | null
    minDays: number | null
    maxDays: number | null
    plannedSubjects: number | null
    cupedDays: number | null
    maxExpectedLoss: number | null
    correction: ExperimentCorrection | null
    autoApply: boolean
  }
  bandit: { cadenceHours: number | null; minSubjects: number | null; maxStep: number | null; floor: number | null }
}

export function newExperiment(words: { readonly control: string; readonly variant: string }): ExperimentValues {
  return {
    name: '',
    key: '',
    believe: '',
    because: '',
    know: '',
    kind: 'TEST',
    goals: [],
    secondaryMetrics: [],
    guardrails: [],
    variants: [
      { name: words.control, key: 'control', weight: 1, value: '' },
      { name: words.variant, key: 'variant', weight: 1, value: '' },
    ],
    coverage: 1,
    condition: null,
    hours: null,
    namespace: null,
    holdoutId: null,
    sticky: true,
    inBrowsers: false,
    forced: [],
    startsAt: null,
    stopsAt: null,
    rules: {
      confidence: null,
      minExposures: null,
      minConversions: null,
      minClicks: null,
      minDays: null,
      maxDays: null,
      plannedSubjects: null,
      cupedDays: null,
      maxExpectedLoss: null,
      correction: null,
      autoApply: false,
    },
    bandit: { cadenceHours: null, minSubjects: null, maxStep: null, floor: null },
  }
}

/** The variants that a holdout has, whatever else it is. */
export const holdoutVariants: readonly VariantValues[] = [
  { name: 'general', key: 'general', weight: 0.9, value: '' },
  { name: 'held-back', key: 'held-back', weight: 0.1, value: '' },
]

export function valuesOf(design: ExperimentDesignFragment): ExperimentValues {
  const { name, key, kind, coverage, sticky, inBrowsers, rules, bandit, activeHours, namespace } = design
  const chosen = (metrics: ExperimentDesignFragment['goals']) => metrics.map(({ id, name }) => ({ id, name }))
  return {
    ...{ name, key, kind, coverage, sticky, inBrowsers },
    ...hypothesisParts(design.hypothesis),
    goals: chosen(design.goals),
    secondaryMetrics: chosen(design.secondaryMetrics),
    guardrails: chosen(design.guardrails),
    variants: design.variants.map(({ name, key, weight, value }) => ({ name, key, weight, value: valueText(value) })),
    condition: design.condition ?? null,
    hours: activeHours
      ? {
          timeZone: activeHours.timeZone,
          from: activeHours.from,
          to: activeHours.to,
          weekdays: (activeHours.weekdays ?? [1, 2, 3, 4, 5, 6, 7]).map(String),
        }
      : null,
    namespace: namespace ? { name: namespace.name, from: namespace.from, to: namespace.to } : null,
    holdoutId: design.holdout?.id ?? null,
    forced: design.forced.map(({ subject, variant }) => ({ subject, variant })),
    startsAt: design.startsAt ?? null,
    stopsAt: design.stopsAt ?? null,
    rules: {
      confidence: rules.confidence,
      minExposures: rules.minExposures,
      minConversions: rules.minConversions,
      minClicks: rules.minClicks,
      minDays: rules.minDays,
      maxDays: rules.maxDays,
      plannedSubjects: rules.plannedSubjects ?? null,
      cupedDays: rules.cupedDays,
      maxExpectedLoss: rules.maxExpectedLoss ?? null,
      correction: rules.correction,
      autoApply: rules.autoApply,
    },
    bandit: {
      cadenceHours: bandit?.cadenceHours ?? null,
      minSubjects: bandit?.minSubjects ?? null,
      maxStep: bandit?.maxStep ?? null,
      floor: bandit?.floor ?? null,
    },
  }
}

/**
 * As the API takes it.
 *
 * @param before what is stored: rules that nobody changed stay the workspace's
 */
export function inputOf(
  values: ExperimentValues,
  language: HypothesisLanguage,
  before?: ExperimentValues,
): CreateExperimentInput {
  const ids = (metrics: readonly ChosenMetric[]) => metrics.map(({ id }) => id)
  const { name, kind, condition, holdoutId, sticky, inBrowsers, forced, startsAt, stopsAt, hours, namespace } = values
  const rules = given(values.rules)
  const sameRules = before && JSON.stringify(before.rules) === JSON.stringify(values.rules)
  return {
    ...{ name, kind, condition, holdoutId, sticky, inBrowsers, startsAt, stopsAt },
    key: values.key.trim(),
    hypothesis: hypothesisText(values, language),
    goals: ids(values.goals),
    secondaryMetrics: ids(values.secondaryMetrics),
    guardrails: ids(values.guardrails),
    variants: values.variants.map(({ name, key, weight, value }) => ({
      name,
      key,
      weight: weight ?? 0,
      value: codeValue(value),
    })),
    coverage: values.coverage ?? 1,
    activeHours: hours && {
      timeZone: hours.timeZone,
      from: hours.from,
      to: hours.to,
      ...(hours.weekdays.length === 7 ? {} : { weekdays: hours.weekdays.map(Number) }),
    },
    namespace: namespace && { name: namespace.name, from: namespace.from ?? 0, to: namespace.to ?? 1 },
    forced: forced.filter(({ subject }) => subject.trim() !== ''),
    ...(sameRules ? {} : { rules }),
    bandit: kind === 'BANDIT' ? given(values.bandit) : {},
  }
}

/** What is not null. */
function given<Fields extends object>(fields: Fields): { [Field in keyof Fields]?: NonNullable<Fields[Field]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as ReturnType<
    typeof given<Fields>
  >
}

/** What code gets for a variant, as it is typed: texts as they are, everything else as JSON. */
function valueText(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' && !isJson(value) ? value : JSON.stringify(value)
}

/** JSON where it is some; anything else is a text. */
function codeValue(text: string): unknown {
  if (text.trim() === '') return null
  return isJson(text) ? JSON.parse(text) : text
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
