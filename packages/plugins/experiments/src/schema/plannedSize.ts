import { type Builder, both, withoutNulls } from '@espalier/core'
import { type PlannedSize, plannedSize } from '../decisions/plannedSize.ts'
import type { Experiments } from '../experiments.ts'

const common = { authScopes: { permission: 'experiments:read' }, subGraphs: both } as const

/** How large an experiment has to be, before it begins. */
export function plannedSizeTypes(builder: Builder, experiments: Experiments): void {
  const Input = builder.inputType('ExperimentSizeInput', {
    description: 'What one expects of an experiment.',
    subGraphs: both,
    fields: (t) => ({
      baseline: t.float({
        required: true,
        description: 'What the control does: a rate between 0 and 1, or a mean where `deviation` is given.',
      }),
      deviation: t.float({
        description: 'Standard deviation of single subjects, in the unit of the metric. Leave it out for a rate.',
      }),
      lift: t.float({
        required: true,
        description: 'The least lift that matters, as a share of the baseline: 0.1 is 10 % more.',
      }),
      power: t.float({ description: 'Chance to find such a lift. Default: 0.8.' }),
      confidence: t.float({ description: 'From 0.5 to 0.999. Default: the workspace’s.' }),
      variants: t.int({ description: 'With the control, 2 to 20. Default: 2.' }),
      subjectsPerDay: t.float({ description: 'In all variants together, to tell the days.' }),
    }),
  })

  const Size = builder.objectRef<PlannedSize>('ExperimentSize').implement({
    ...common,
    description: 'How large an experiment has to be. Null is more than could be counted.',
    fields: (t) => ({
      subjects: t.expose('subjects', {
        type: 'SafeInt',
        nullable: true,
        description: 'Of each variant, for a test of one look at the end: what `plannedSubjects` takes.',
      }),
      sequentialSubjects: t.expose('sequentialSubjects', {
        type: 'SafeInt',
        nullable: true,
        description: 'Of each variant, for the test that is valid at any time, at its last look.',
      }),
      days: t.expose('days', {
        type: 'SafeInt',
        nullable: true,
        description: 'Until `subjects`. Null without subjects a day.',
      }),
      sequentialDays: t.expose('sequentialDays', {
        type: 'SafeInt',
        nullable: true,
        description: 'Until `sequentialSubjects`. Null without subjects a day.',
      }),
    }),
  })

  builder.queryField('experimentSize', (t) =>
    t.field({
      ...common,
      type: Size,
      description: 'How many subjects an experiment needs to find a lift.',
      args: { input: t.arg({ type: Input, required: true, description: 'What is expected.' }) },
      resolve: async (_root, { input }, ctx) => {
        const { confidence } = await experiments.rulesOf(ctx, { rules: {} })
        return plannedSize({ confidence, ...withoutNulls(input) })
      },
    }),
  )
}
