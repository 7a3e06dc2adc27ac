import { type Builder, both, type WorkspaceNodeRef } from '@espalier/core'
import type { ExperimentResults, VariantResult } from '../results/results.ts'
import type { Interval } from '../statistics/confidence.ts'
import type { ProportionComparison } from '../statistics/proportions.ts'

export function resultTypes(builder: Builder, ExperimentVariant: WorkspaceNodeRef<'ExperimentVariant'>) {
  const common = { authScopes: { permission: 'experiments:read' }, subGraphs: both } as const

  const ConfidenceInterval = builder.objectRef<Interval>('ConfidenceInterval').implement({
    ...common,
    description: 'A range that holds the true value at the chosen confidence.',
    fields: (t) => ({
      lower: t.exposeFloat('lower', { description: 'Lower end.' }),
      upper: t.exposeFloat('upper', { description: 'Upper end.' }),
    }),
  })

  const VariantComparison = builder.objectRef<ProportionComparison>('VariantComparison').implement({
    ...common,
    description: 'A variant against the control: the two-proportion z-test.',
    fields: (t) => ({
      difference: t.exposeFloat('difference', {
        nullable: true,
        description: 'Rate minus the rate of the control. Null while one of them has no exposure.',
      }),
      differenceInterval: t.expose('differenceInterval', {
        type: ConfidenceInterval,
        nullable: true,
        description: 'Newcombe’s interval of the difference.',
      }),
      relativeLift: t.exposeFloat('relativeLift', {
        nullable: true,
        description:
          'Difference over the rate of the control: 0.1 is 10 % better. Null while the control has no conversion.',
      }),
      zScore: t.exposeFloat('z', {
        nullable: true,
        description: 'Difference in standard errors. Null while the test is not defined.',
      }),
      pValue: t.exposeFloat('pValue', {
        nullable: true,
        description:
          'Two-sided: how often a difference this large would come by chance alone. Null while the test is not defined.',
      }),
      significant: t.exposeBoolean('significant', {
        description: 'Whether the p-value is below 1 minus the confidence.',
      }),
    }),
  })

  const ExperimentVariantResult = builder.objectRef<VariantResult>('ExperimentVariantResult').implement({
    ...common,
    description: 'What came of one variant.',
    fields: (t) => ({
      variant: t.expose('variant', { type: ExperimentVariant, description: 'The variant.' }),
      exposures: t.expose('exposures', { type: 'SafeInt', description: 'Subjects who saw it, each once.' }),
      conversions: t.expose('conversions', {
        type: 'SafeInt',
        description: 'Of those, how many reached the goal afterwards.',
      }),
      rate: t.exposeFloat('rate', {
        nullable: true,
        description: 'Conversions over exposures, from 0 to 1. Null without an exposure.',
      }),
      rateInterval: t.expose('rateInterval', {
        type: ConfidenceInterval,
        nullable: true,
        description: 'Wilson’s interval of the rate.',
      }),
      comparison: t.expose('comparison', {
        type: VariantComparison,
        nullable: true,
        description: 'Against the control. Null for the control.',
      }),
    }),
  })

  return {
    ExperimentResults: builder.objectRef<ExperimentResults>('ExperimentResults').implement({
      ...common,
      description: 'What came of an experiment.',
      fields: (t) => ({
        exposures: t.expose('exposures', { type: 'SafeInt', description: 'Subjects who saw any variant, each once.' }),
        conversions: t.expose('conversions', { type: 'SafeInt', description: 'Of those, how many reached the goal.' }),
        confidence: t.exposeFloat('confidence', {
          description: 'Level of the intervals and of significance, from 0.5 to 0.999.',
        }),
        variants: t.field({
          type: [ExperimentVariantResult],
          description: 'By variant, in order; the first is the control.',
          extensions: { boundedList: 'an experiment has at most 20 variants' },
          resolve: ({ variants }) => [...variants],
        }),
      }),
    }),
  }
}
