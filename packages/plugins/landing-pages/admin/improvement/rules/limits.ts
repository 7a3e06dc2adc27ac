import * as v from 'valibot'

/** What a page says otherwise than its workspace, as the API keeps it. */
const limits = v.object({
  variantsPerRun: v.optional(v.number()),
  maxArms: v.optional(v.number()),
  floor: v.optional(v.number()),
  holdback: v.optional(v.number()),
  newArmShare: v.optional(v.number()),
  minDetectableLift: v.optional(v.number()),
  horizonDays: v.optional(v.number()),
  forbiddenWords: v.optional(v.array(v.string())),
  forbiddenClaims: v.optional(v.array(v.string())),
  requiredFacts: v.optional(v.array(v.string())),
})

export type Limits = v.InferOutput<typeof limits>

/** The numbers among them, in the order of the form: their ranges are those that the API checks. */
export const numberRules = [
  { name: 'variantsPerRun', min: 1, max: 5, step: 1, unit: 'count' },
  { name: 'maxArms', min: 2, max: 10, step: 1, unit: 'count' },
  { name: 'newArmShare', min: 0.01, max: 0.2, step: 0.01, unit: 'share' },
  { name: 'minDetectableLift', min: 0.02, max: 2, step: 0.01, unit: 'share' },
  { name: 'horizonDays', min: 7, max: 180, step: 1, unit: 'days' },
  { name: 'floor', min: 0.01, max: 0.1, step: 0.01, unit: 'share' },
  { name: 'holdback', min: 0.01, max: 0.5, step: 0.01, unit: 'share' },
] as const

export const listRules = ['forbiddenWords', 'forbiddenClaims', 'requiredFacts'] as const

type NumberName = (typeof numberRules)[number]['name']
type ListName = (typeof listRules)[number]

/** The form: numbers that are null are as the workspace says, lists are texts of one entry in each line. */
export type RuleValues = { goal: string } & Record<NumberName, number | null> & Record<ListName, string>

export function readLimits(value: unknown): Limits {
  const read = v.safeParse(limits, value)
  return read.success ? read.output : {}
}

export function valuesOf(goal: string, own: Limits): RuleValues {
  return {
    goal,
    ...(Object.fromEntries(numberRules.map(({ name }) => [name, own[name] ?? null])) as Record<
      NumberName,
      number | null
    >),
    ...(Object.fromEntries(listRules.map((name) => [name, (own[name] ?? []).join('\n')])) as Record<ListName, string>),
  }
}

/** What the API is told: what is left out is as the workspace says. */
export function limitsOf(values: RuleValues): Limits {
  const numbers = numberRules.flatMap(({ name }) => (values[name] === null ? [] : [[name, values[name]] as const]))
  const lists = listRules.flatMap((name) => {
    const lines = values[name].split('\n').map((line) => line.trim())
    const written = lines.filter(Boolean)
    return written.length > 0 ? [[name, written] as const] : []
  })
  return Object.fromEntries([...numbers, ...lists])
}
