import type { Correction } from '../decisions/rules.ts'
import { benjaminiHochberg, holm } from '../statistics/multiplicity.ts'
import type { MetricResults, VariantComparison } from './experimentResults.ts'

/**
 * Corrects the p-values of an experiment and says what is significant. The goals times the variants are one family;
 * secondary metrics and guardrails are another each, so that watching more things never hides what decides.
 *
 * Significant is by the test at the planned size once that is reached, by the always-valid one before.
 */
export function correct(
  metrics: readonly MetricResults[],
  { correction, confidence }: { correction: Correction; confidence: number },
): MetricResults[] {
  const corrected = new Map<VariantComparison, VariantComparison>()
  for (const role of ['goal', 'secondary', 'guardrail'] as const) {
    const family = metrics
      .filter((metric) => metric.role === role)
      .flatMap(({ variants }) => variants.flatMap(({ comparison }) => comparison ?? []))
    for (const [before, after] of correctFamily(family, correction, confidence)) corrected.set(before, after)
  }
  return metrics.map((metric) => ({
    ...metric,
    variants: metric.variants.map((variant) => ({
      ...variant,
      comparison: variant.comparison && (corrected.get(variant.comparison) ?? variant.comparison),
    })),
  }))
}

/** Corrects comparisons that answer one question together. */
export function correctFamily(
  family: readonly VariantComparison[],
  correction: Correction,
  confidence: number,
): Map<VariantComparison, VariantComparison> {
  const adjust = corrections[correction]
  const fixed = adjust(family.map((comparison) => comparison.fixed.pValue))
  const sequential = adjust(family.map((comparison) => comparison.sequential.pValue))
  return new Map(
    family.map((comparison, index) => {
      const [fixedPValue, sequentialPValue] = [fixed[index] ?? null, sequential[index] ?? null]
      const deciding = fixedPValue ?? sequentialPValue
      return [
        comparison,
        {
          ...comparison,
          fixed: { ...comparison.fixed, adjustedPValue: fixedPValue },
          sequential: { ...comparison.sequential, adjustedPValue: sequentialPValue },
          significant: deciding !== null && deciding < 1 - confidence,
        },
      ]
    }),
  )
}

const corrections = {
  holm,
  'benjamini-hochberg': benjaminiHochberg,
  none: (pValues: readonly (number | null)[]) => [...pValues],
} as const
