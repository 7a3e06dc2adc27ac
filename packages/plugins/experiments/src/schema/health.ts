import { type Builder, both, type WorkspaceNodeRef } from '@espalier/core'
import type { ExperimentHealth, Imbalance, VariantCause } from '../results/health.ts'
import type { SliceDimension } from '../results/totals.ts'
import type { resultTypes } from './resultTypes.ts'

const common = { authScopes: { permission: 'experiments:read' }, subGraphs: both } as const
const perVariant = { boundedList: 'an experiment has at most 200 variants, those taken out among them' }

/** Whether counts can be believed, and the dimensions by which that is looked at. */
export function healthType(
  builder: Builder,
  {
    ExperimentVariant,
    SampleRatioTest,
  }: {
    ExperimentVariant: WorkspaceNodeRef<'ExperimentVariant'>
    SampleRatioTest: ReturnType<typeof resultTypes>['SampleRatioTest']
  },
) {
  const Dimension = builder.enumType('ExperimentSliceDimension', {
    description: 'What results are sliced by: where the subject was first exposed.',
    subGraphs: both,
    values: {
      DEVICE: { value: 'device', description: 'desktop, mobile, tablet, tv, other.' },
      COUNTRY: { value: 'country', description: 'ISO 3166-1 alpha-2.' },
      CHANNEL: { value: 'channel', description: 'Where the visit came from.' },
    } satisfies Record<string, { value: SliceDimension; description: string }>,
  })

  const Cause = builder.objectRef<VariantCause>('ExperimentVariantCause').implement({
    ...common,
    description: 'Where a variant’s share comes from: recorded - expected = captured + moved.',
    fields: (t) => ({
      variant: t.expose('variant', { type: ExperimentVariant, description: 'The variant.' }),
      expected: t.exposeFloat('expected', { description: 'Subjects that the weights of each phase promised.' }),
      predicted: t.exposeFloat('predicted', { description: 'Subjects among those recorded that the hash gives it.' }),
      recorded: t.exposeFloat('recorded', { description: 'Subjects that are counted for it.' }),
      captured: t.exposeFloat('captured', {
        description:
          'predicted - expected. Far from 0, the variant loses or draws visitors before they are counted, as by a slow or broken page.',
      }),
      moved: t.exposeFloat('moved', {
        description:
          'recorded - predicted. Far from 0, visitors were given another variant than the hash does: they kept one from before a change, or were merged.',
      }),
    }),
  })

  const ImbalanceType = builder.objectRef<Imbalance>('ExperimentImbalance').implement({
    ...common,
    description: 'A slice whose shares are off.',
    fields: (t) => ({
      dimension: t.expose('dimension', { type: Dimension, description: 'What it is a slice of.' }),
      value: t.exposeString('value', { nullable: true, description: 'Such as "mobile". Null is unknown.' }),
      exposures: t.expose('subjects', { type: 'SafeInt', description: 'Subjects, each once.' }),
      pValue: t.exposeFloat('pValue', { description: 'By chi-square, corrected for the number of slices.' }),
    }),
  })

  const ExperimentHealthType = builder.objectRef<ExperimentHealth>('ExperimentHealth').implement({
    ...common,
    description: 'Whether an experiment’s counts can be believed.',
    fields: (t) => ({
      sampleRatio: t.field({
        type: SampleRatioTest,
        nullable: true,
        description: 'Whether the shares are as they should be. Null while too few subjects were seen to tell.',
        resolve: ({ sampleRatio: { pValue, alarm } }) => (pValue === null ? null : { pValue, alarm }),
      }),
      causes: t.field({
        type: [Cause],
        description: 'Where each variant’s share comes from, in order.',
        extensions: perVariant,
        resolve: ({ causes }) => [...causes],
      }),
      imbalances: t.field({
        type: [ImbalanceType],
        description: 'Slices whose shares are off, the surest first.',
        extensions: { boundedList: 'of devices, countries and channels' },
        resolve: ({ imbalances }) => [...imbalances],
      }),
      unexpected: t.expose('unexpected', {
        type: 'SafeInt',
        description: 'Subjects who were recorded though the hash leaves them out.',
      }),
      bots: t.expose('bots', { type: 'SafeInt', description: 'Views by crawlers, which are not counted.' }),
      late: t.expose('late', {
        type: 'SafeInt',
        description: 'Exposures that arrived more than an hour after they happened.',
      }),
      crossovers: t.expose('crossovers', {
        type: 'SafeInt',
        description: 'Subjects who were seen with another variant than the one they are counted for.',
      }),
      forced: t.expose('forced', {
        type: 'SafeInt',
        description: 'Subjects who got a variant by hand, and are not counted.',
      }),
    }),
  })

  return { Dimension, ExperimentHealth: ExperimentHealthType }
}
