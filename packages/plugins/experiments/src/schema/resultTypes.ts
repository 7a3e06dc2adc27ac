import { type Builder, both, type WorkspaceNodeRef } from '@espalier/core'
import type { MetricRole } from '../metrics/metric.ts'
import type {
  ExperimentResults,
  MetricResults,
  MetricVariantResult,
  VariantComparison,
  VariantExposures,
} from '../results/experimentResults.ts'
import type { Interval } from '../statistics/confidence.ts'

const common = { authScopes: { permission: 'experiments:read' }, subGraphs: both } as const
const perVariant = { boundedList: 'an experiment has at most 200 variants, those taken out among them' }

/** The types of what came of an experiment. */
export function resultTypes(
  builder: Builder,
  {
    ExperimentVariant,
    ExperimentMetric,
  }: {
    ExperimentVariant: WorkspaceNodeRef<'ExperimentVariant'>
    ExperimentMetric: WorkspaceNodeRef<'ExperimentMetric'>
  },
) {
  const ConfidenceInterval = builder.objectRef<Interval>('ConfidenceInterval').implement({
    ...common,
    description: 'A range that holds the true value at the chosen confidence.',
    fields: (t) => ({
      lower: t.exposeFloat('lower', { description: 'Lower end.' }),
      upper: t.exposeFloat('upper', { description: 'Upper end.' }),
    }),
  })

  const MetricRoleType = builder.enumType('ExperimentMetricRole', {
    description: 'What a metric is to an experiment.',
    subGraphs: both,
    values: {
      GOAL: { value: 'goal', description: 'It decides; the first goal before the others.' },
      SECONDARY: { value: 'secondary', description: 'It is watched beside the goals.' },
      GUARDRAIL: { value: 'guardrail', description: 'It must not get worse.' },
    } satisfies Record<string, { value: MetricRole; description: string }>,
  })

  const FixedTest = builder.objectRef<VariantComparison['fixed']>('FixedHorizonTest').implement({
    ...common,
    description:
      'The test of one look, at the planned size: z for rates, Welch’s t otherwise. Empty before that size is reached, because looking early makes it lie.',
    fields: (t) => ({
      pValue: t.exposeFloat('pValue', {
        nullable: true,
        description: 'Two-sided: how often a difference this large would come by chance alone.',
      }),
      adjustedPValue: t.exposeFloat('adjustedPValue', {
        nullable: true,
        description: 'The same, corrected for the number of comparisons.',
      }),
    }),
  })

  const SequentialTest = builder.objectRef<VariantComparison['sequential']>('SequentialTest').implement({
    ...common,
    description: 'The always-valid test: true at every look, however often one looks.',
    fields: (t) => ({
      pValue: t.exposeFloat('pValue', {
        nullable: true,
        description: 'The smallest of all looks in this phase. Null while the test is not defined.',
      }),
      adjustedPValue: t.exposeFloat('adjustedPValue', {
        nullable: true,
        description: 'The same, corrected for the number of comparisons.',
      }),
      interval: t.expose('interval', {
        type: ConfidenceInterval,
        nullable: true,
        description: 'Of the difference: where the intervals of all looks overlap.',
      }),
      relativeInterval: t.expose('relativeInterval', {
        type: ConfidenceInterval,
        nullable: true,
        description: 'Of the relative lift, as of now.',
      }),
    }),
  })

  const VariantComparisonType = builder.objectRef<VariantComparison>('VariantComparison').implement({
    ...common,
    description: 'A variant against the control.',
    fields: (t) => ({
      difference: t.exposeFloat('difference', {
        nullable: true,
        description: 'Mean minus the mean of the control. Null while one of them has no subject.',
      }),
      differenceInterval: t.expose('differenceInterval', {
        type: ConfidenceInterval,
        nullable: true,
        description: 'Of one look: Newcombe’s for rates, Welch’s otherwise.',
      }),
      relativeLift: t.exposeFloat('relativeLift', {
        nullable: true,
        description: 'Difference over the mean of the control: 0.1 is 10 % more. Null while that is 0.',
      }),
      relativeInterval: t.expose('relativeInterval', {
        type: ConfidenceInterval,
        nullable: true,
        description: 'Of the relative lift at one look, by the delta method.',
      }),
      fixed: t.expose('fixed', { type: FixedTest, description: 'The test at the planned size.' }),
      sequential: t.expose('sequential', { type: SequentialTest, description: 'The test that is valid at any time.' }),
      chanceToWin: t.exposeFloat('chanceToWin', {
        nullable: true,
        description: 'Probability that it is better than the control, from 0 to 1.',
      }),
      expectedLoss: t.exposeFloat('expectedLoss', {
        nullable: true,
        description: 'What choosing it costs on average should it be the worse one, in the unit of the metric.',
      }),
      significant: t.exposeBoolean('significant', {
        description: 'By the test at the planned size once that is reached, by the always-valid one before.',
      }),
      better: t.exposeBoolean('better', {
        nullable: true,
        description: 'Whether it differs the way that is better for the metric. Null without a difference.',
      }),
    }),
  })

  const VariantResult = builder.objectRef<MetricVariantResult>('ExperimentVariantResult').implement({
    ...common,
    description: 'What came of one variant, by one metric.',
    fields: (t) => ({
      variant: t.expose('variant', { type: ExperimentVariant, description: 'The variant.' }),
      exposures: t.expose('subjects', { type: 'SafeInt', description: 'Subjects who saw it, each once.' }),
      sum: t.exposeFloat('sum', {
        description: 'Of the metric over all of them: conversions, events, seconds, or money in its smallest unit.',
      }),
      mean: t.exposeFloat('mean', {
        nullable: true,
        description:
          'For each subject, weighted by phase; a rate from 0 to 1 where the metric is a conversion or a retention. Null without a subject.',
      }),
      interval: t.expose('interval', {
        type: ConfidenceInterval,
        nullable: true,
        description: 'Of the mean: Wilson’s for a rate, Student’s otherwise.',
      }),
      comparison: t.expose('comparison', {
        type: VariantComparisonType,
        nullable: true,
        description: 'Against the control. Null for the control.',
      }),
      chanceToBeBest: t.exposeFloat('chanceToBeBest', {
        nullable: true,
        description: 'Probability that it is the best of all variants, from 0 to 1. Null without a subject.',
      }),
    }),
  })

  const MetricResultsType = builder.objectRef<MetricResults>('ExperimentMetricResults').implement({
    ...common,
    description: 'What came of an experiment by one metric.',
    fields: (t) => ({
      metric: t.expose('metric', { type: ExperimentMetric, description: 'The metric.' }),
      role: t.expose('role', { type: MetricRoleType, description: 'What it is to the experiment.' }),
      sum: t.float({
        description: 'Over all variants: conversions, events, seconds, or money in its smallest unit.',
        resolve: ({ variants }) => variants.reduce((total, { sum }) => total + sum, 0),
      }),
      variants: t.field({
        type: [VariantResult],
        description: 'By variant, in order; the first is the control.',
        extensions: perVariant,
        resolve: ({ variants }) => [...variants],
      }),
    }),
  })

  const SampleRatioType = builder
    .objectRef<NonNullable<ExperimentResults['sampleRatio']>>('SampleRatioTest')
    .implement({
      ...common,
      description: 'Whether the variants got the shares that their weights say.',
      fields: (t) => ({
        pValue: t.exposeFloat('pValue', { description: 'How often chance alone is this far off, by chi-square.' }),
        alarm: t.exposeBoolean('alarm', {
          description: 'Whether that is below 0.001: then the results are not to be believed.',
        }),
      }),
    })

  const VariantExposuresType = builder.objectRef<VariantExposures>('ExperimentVariantExposures').implement({
    ...common,
    description: 'How many saw a variant.',
    fields: (t) => ({
      variant: t.expose('variant', { type: ExperimentVariant, description: 'The variant.' }),
      exposures: t.expose('exposures', { type: 'SafeInt', description: 'Subjects who saw it, each once.' }),
    }),
  })

  const ExperimentResultsType = builder.objectRef<ExperimentResults>('ExperimentResults').implement({
    ...common,
    description: 'What came of an experiment.',
    fields: (t) => ({
      exposures: t.expose('exposures', { type: 'SafeInt', description: 'Subjects who saw any variant, each once.' }),
      confidence: t.exposeFloat('confidence', {
        description: 'Level of the intervals and of significance, from 0.5 to 0.999.',
      }),
      plannedReached: t.exposeBoolean('plannedReached', {
        description: 'Whether each variant has the subjects that were planned. False without a plan.',
      }),
      sampleRatio: t.expose('sampleRatio', {
        type: SampleRatioType,
        nullable: true,
        description: 'Whether the shares are as they should be. Null while too few subjects were seen to tell.',
      }),
      variants: t.field({
        type: [VariantExposuresType],
        description: 'Who saw what, in the order of the variants.',
        extensions: perVariant,
        resolve: ({ variants }) => [...variants],
      }),
      goal: t.field({
        type: MetricResultsType,
        nullable: true,
        description: 'By the metric that decides: the first goal. Null without one.',
        resolve: ({ metrics }) => metrics.find(({ role }) => role === 'goal') ?? null,
      }),
      metrics: t.field({
        type: [MetricResultsType],
        description: 'By each metric of the experiment, in order.',
        extensions: { boundedList: 'an experiment has at most 20 metrics' },
        resolve: ({ metrics }) => [...metrics],
      }),
    }),
  })

  return {
    ConfidenceInterval,
    ExperimentMetricRole: MetricRoleType,
    ExperimentResults: ExperimentResultsType,
    SampleRatioTest: SampleRatioType,
    VariantResult,
  }
}
