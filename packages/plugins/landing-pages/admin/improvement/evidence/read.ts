import * as v from 'valibot'

/**
 * The evidence of steps as the loop writes it down, so far as pages show it. It is JSON that older versions have written too: what
 * does not fit is shown as what it says in words, the step's summary.
 */
const number = v.number()
const known = v.nullable(number)
const reason = v.object({ en: v.string(), fr: v.string() })
const texts = v.fallback(v.array(v.string()), [])

const figures = v.object({
  variantKey: v.string(),
  visitors: number,
  conversions: number,
  conversionRate: known,
  rateLower: known,
  rateUpper: known,
  share: known,
  score: known,
  confidence: known,
})

const rate = v.object({ variantKey: v.string(), rate: number, lower: number, upper: number })

const pattern = v.object({ feature: v.string(), effect: number, lower: number, upper: number })

const objections = v.fallback(v.array(reason), [])

const side = v.object({ visitors: number, conversions: number })

export const evidence = {
  measurement: v.object({ variants: v.array(figures) }),
  problem: v.object({
    exposures: v.optional(number),
    sampleRatio: v.optional(v.nullable(v.object({ pValue: known }))),
    bots: v.optional(number),
    late: v.optional(number),
    crossovers: v.optional(number),
    unexpected: v.optional(number),
  }),
  patterns: v.object({ lookedAt: number, claimed: v.array(pattern) }),
  /** A share that grew or shrank: promotions and brakes. */
  share: v.object({
    from: number,
    to: number,
    visitors: number,
    need: v.nullable(v.optional(number)),
    chanceToBeatControl: number,
    objections,
  }),
  /** The original keeps more, or less again. */
  guard: v.object({
    guard: v.literal(true),
    from: number,
    to: number,
    chanceOriginalIsBetter: number,
    days: v.array(v.object({ daysAgo: number, original: side, others: side })),
  }),
  /** It stays where it is, though it has earned more. */
  held: v.object({
    held: v.literal(true),
    from: number,
    objections,
    side: v.object({ exposures: number, conversions: number, sessions: number, bounces: number }),
  }),
  retirement: v.object({
    reason: v.string(),
    visitors: number,
    chanceToBeBest: number,
    chanceToBeatControl: number,
  }),
  record: v.object({ before: rate, now: rate }),
  support: v.object({
    visitorsPerDay: number,
    baseRate: number,
    minDetectableLift: number,
    horizonDays: number,
    supportable: number,
    live: number,
    waiting: number,
    wanted: number,
  }),
  brief: v.object({
    page: v.object({ goal: v.string() }),
    arms: v.array(
      v.object({
        key: v.string(),
        visitors: number,
        conversions: number,
        chanceToBeBest: number,
        isOriginal: v.boolean(),
      }),
    ),
    patterns: v.array(pattern),
    rules: v.object({ forbiddenWords: texts, forbiddenClaims: texts, requiredFacts: texts }),
    generator: v.string(),
  }),
  candidate: v.object({
    origin: v.string(),
    expected: v.optional(v.object({ mean: number, deviation: number })),
    model: v.optional(v.string()),
    costMicros: v.optional(v.nullable(number)),
    cacheHit: v.optional(v.boolean()),
  }),
  introduction: v.object({ share: number, origin: v.string() }),
  /** Features → what they are called. */
  labels: v.record(v.string(), v.string()),
} as const

/** Evidence of a kind, where it is what the kind says. */
export function readEvidence<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
): v.InferOutput<Schema> | undefined {
  const read = v.safeParse(schema, value)
  return read.success ? read.output : undefined
}
