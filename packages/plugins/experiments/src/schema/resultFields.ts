import { type Builder, both, NotFoundError, type WorkspaceContext, type WorkspaceNodeRef } from '@espalier/core'
import type { Experiment } from '../experiment.ts'
import type { Experiments } from '../experiments.ts'
import type { SeriesPoint, SeriesVariant } from '../results/series.ts'
import type { Slice, Slices } from '../results/slices.ts'
import { healthType } from './health.ts'
import { resultTypes } from './resultTypes.ts'

const common = { authScopes: { permission: 'experiments:read' }, subGraphs: both } as const
/** Rows of a list are read together; what a mutation has changed is read anew. */
const unremembered = { cache: false }
const perVariant = { boundedList: 'an experiment has at most 200 variants, those taken out among them' }

/** What an experiment says of its results: as of now, day by day, by slice, and whether they can be believed. */
export function resultFields(
  builder: Builder,
  refs: {
    ExperimentVariant: WorkspaceNodeRef<'ExperimentVariant'>
    ExperimentMetric: WorkspaceNodeRef<'ExperimentMetric'>
  },
  experiments: Experiments,
): void {
  const { ConfidenceInterval, ExperimentResults, SampleRatioTest, VariantResult } = resultTypes(builder, refs)
  const { ExperimentVariant, ExperimentMetric } = refs

  const SeriesVariantType = builder.objectRef<SeriesVariant>('ExperimentSeriesVariant').implement({
    ...common,
    description: 'A variant at the end of a day, of everything up to then.',
    fields: (t) => ({
      variant: t.expose('variant', { type: ExperimentVariant, description: 'The variant.' }),
      exposures: t.expose('subjects', { type: 'SafeInt', description: 'Subjects who saw it so far, each once.' }),
      sum: t.exposeFloat('sum', { description: 'Of the metric so far, over all of them.' }),
      exposuresOfDay: t.expose('subjectsOfDay', {
        type: 'SafeInt',
        description: 'Subjects who first saw it that day.',
      }),
      sumOfDay: t.exposeFloat('sumOfDay', {
        description: 'Of the metric on that day, by whoever had seen the variant by then.',
      }),
      mean: t.exposeFloat('mean', { nullable: true, description: 'For each subject, weighted by phase.' }),
      interval: t.expose('interval', { type: ConfidenceInterval, nullable: true, description: 'Of the mean.' }),
      relativeLift: t.exposeFloat('relativeLift', {
        nullable: true,
        description: 'Over the control: 0.1 is 10 % more. Null for the control.',
      }),
      relativeInterval: t.expose('relativeInterval', {
        type: ConfidenceInterval,
        nullable: true,
        description: 'Of the relative lift: the always-valid one, since a chart is a look on every day.',
      }),
    }),
  })

  const SeriesPointType = builder.objectRef<SeriesPoint>('ExperimentSeriesPoint').implement({
    ...common,
    description: 'A metric at the end of a day.',
    fields: (t) => ({
      day: t.exposeString('day', { description: 'Such as "2026-11-21", in the workspace’s time zone.' }),
      variants: t.field({
        type: [SeriesVariantType],
        description: 'By variant, in order; the first is the control.',
        extensions: perVariant,
        resolve: ({ variants }) => [...variants],
      }),
    }),
  })

  const SliceType = builder.objectRef<Slice>('ExperimentSlice').implement({
    ...common,
    description: 'The subjects of one device, country or channel.',
    fields: (t) => ({
      value: t.exposeString('value', { nullable: true, description: 'Such as "mobile". Null is unknown.' }),
      exposures: t.expose('subjects', { type: 'SafeInt', description: 'Subjects, each once.' }),
      sampleRatio: t.expose('sampleRatio', {
        type: SampleRatioTest,
        nullable: true,
        description: 'Whether the shares within the slice are as they should be. Null while too few were seen.',
      }),
      variants: t.field({
        type: [VariantResult],
        description: 'By variant, in order. P-values are corrected for all slices together.',
        extensions: perVariant,
        resolve: ({ variants }) => [...variants],
      }),
    }),
  })

  const SlicesType = builder.objectRef<Slices>('ExperimentSlices').implement({
    ...common,
    description: 'A metric by the values of a dimension: for finding questions, not for answering them.',
    fields: (t) => ({
      slices: t.field({
        type: [SliceType],
        description: 'The largest first.',
        extensions: { boundedList: 'the 50 largest' },
        resolve: ({ slices }) => [...slices],
      }),
      omitted: t.exposeInt('omitted', { description: 'Smaller slices that are not shown.' }),
    }),
  })

  const { Dimension, ExperimentHealth } = healthType(builder, { ExperimentVariant, SampleRatioTest })

  builder.prismaObjectFields('Experiment', (t) => ({
    results: t.loadable({
      ...common,
      type: ExperimentResults,
      description: 'Means, intervals and comparisons with the control, as of now.',
      complexity: 5,
      loaderOptions: unremembered,
      resolve: ({ id }) => id,
      load: async (ids: string[], ctx) => {
        const found = await experiments.getMany(ctx, ids)
        const results = await experiments.results.ofMany(ctx, [...found.values()])
        return ids.map((id) => results.get(id) ?? new NotFoundError('experiment', id))
      },
    }),
    series: t.field({
      ...common,
      type: [SeriesPointType],
      description: 'A metric at the end of each day on which something happened, cumulated since the start.',
      complexity: { field: 20, multiplier: 10 },
      extensions: { boundedList: 'a point for each day that the experiment ran' },
      args: { metricId: t.arg.globalID({ for: ExperimentMetric, description: 'Default: the first goal.' }) },
      resolve: async ({ id }, { metricId }, ctx) => {
        const { experiment, metric } = await metricOf(experiments, ctx, id, metricId?.id)
        return metric ? experiments.results.series(ctx, experiment, metric) : []
      },
    }),
    slices: t.field({
      ...common,
      type: SlicesType,
      description: 'A metric by device, country or channel.',
      complexity: 20,
      args: {
        by: t.arg({ type: Dimension, required: true, description: 'The dimension.' }),
        metricId: t.arg.globalID({ for: ExperimentMetric, description: 'Default: the first goal.' }),
      },
      resolve: async ({ id }, { by, metricId }, ctx) => {
        const { experiment, metric } = await metricOf(experiments, ctx, id, metricId?.id)
        return metric
          ? experiments.results.slices(ctx, experiment, metric, by)
          : { dimension: by, slices: [], omitted: 0 }
      },
    }),
    health: t.field({
      ...common,
      type: ExperimentHealth,
      description: 'Whether the counts can be believed.',
      complexity: 20,
      resolve: async ({ id }, _args, ctx) => experiments.results.health(ctx, await experiments.get(ctx, id)),
    }),
  }))
}

/** @throws NotFoundError for a metric that the experiment is not judged by */
async function metricOf(experiments: Experiments, ctx: WorkspaceContext, id: string, metricId: string | undefined) {
  const experiment: Experiment = await experiments.get(ctx, id)
  const goal = experiment.goals.find(({ role, metric }) => (metricId ? metric.id === metricId : role === 'goal'))
  if (metricId && !goal) throw new NotFoundError('metric', metricId)
  return { experiment, metric: goal?.metric }
}
