import { type Builder, both } from '@espalier/core'
import type { BanditConfig } from '../decisions/banditConfig.ts'
import type { Rules } from '../decisions/rules.ts'

/** What a verdict takes and how a bandit learns: types that say it, and inputs that set it. */
export function ruleTypes(builder: Builder) {
  const common = { authScopes: { permission: 'experiments:read' }, subGraphs: both } as const

  const Correction = builder.enumType('ExperimentCorrection', {
    description: 'How p-values are corrected for the number of comparisons.',
    subGraphs: both,
    values: {
      HOLM: { value: 'holm', description: 'Holm: the chance of one false alarm or more stays at the level.' },
      BENJAMINI_HOCHBERG: {
        value: 'benjamini-hochberg',
        description: 'Benjamini and Hochberg: of the alarms, a share of the level is false.',
      },
      NONE: { value: 'none', description: 'Not at all.' },
    } as const,
  })

  const RulesType = builder.objectRef<Rules>('ExperimentRules').implement({
    ...common,
    description: 'What a verdict takes: the rules of the workspace, and where the experiment differs its own.',
    fields: (t) => ({
      confidence: t.exposeFloat('confidence', { description: 'A p-value has to be below 1 less this.' }),
      minExposures: t.exposeInt('minExposures', { description: 'Subjects that each variant needs.' }),
      minClicks: t.exposeInt('minClicks', {
        description: 'Clicks that each variant needs, where clicks are among the metrics.',
      }),
      minConversions: t.exposeInt('minConversions', {
        description: 'Conversions that each variant needs, where the goal is a conversion.',
      }),
      minDays: t.exposeInt('minDays', { description: 'Days of running, pauses left out.' }),
      maxDays: t.exposeInt('maxDays', { description: 'Days of running after which it is inconclusive.' }),
      plannedSubjects: t.exposeInt('plannedSubjects', {
        nullable: true,
        description: 'Subjects of each variant at which one look decides. Null: always-valid tests decide at any time.',
      }),
      cupedDays: t.exposeInt('cupedDays', {
        description: 'Days before the exposure that are taken out of the noise (CUPED). 0: it is off.',
      }),
      maxExpectedLoss: t.exposeFloat('maxExpectedLoss', {
        nullable: true,
        description: 'A better variant also wins when choosing it costs no more than this, in the unit of the goal.',
      }),
      correction: t.field({
        type: Correction,
        description: 'For the number of comparisons.',
        resolve: ({ correction }) => correction,
      }),
      autoApply: t.exposeBoolean('autoApply', { description: 'Whether a verdict is applied by itself.' }),
    }),
  })

  const BanditType = builder.objectRef<BanditConfig>('ExperimentBandit').implement({
    ...common,
    description: 'How the weights of a bandit follow its results.',
    fields: (t) => ({
      cadenceHours: t.exposeInt('cadenceHours', { description: 'Hours between two updates.' }),
      minSubjects: t.exposeInt('minSubjects', { description: 'Subjects that every arm needs before weights move.' }),
      maxStep: t.exposeFloat('maxStep', {
        description: 'The most that a share moves in one update: 0.2 is 20 percentage points.',
      }),
      floor: t.exposeFloat('floor', { description: 'Least share of each arm that has none of its own.' }),
    }),
  })

  const RulesInput = builder.inputType('ExperimentRulesInput', {
    description: 'What a verdict takes. What is left out is as the workspace says.',
    fields: (t) => ({
      confidence: t.float({ description: 'From 0.5 to 0.999.' }),
      minExposures: t.int({ description: 'Subjects that each variant needs.' }),
      minClicks: t.int({ description: 'Clicks that each variant needs, where clicks are among the metrics.' }),
      minConversions: t.int({ description: 'Conversions that each variant needs, where the goal is a conversion.' }),
      minDays: t.int({ description: 'Days of running, up to 365.' }),
      maxDays: t.int({ description: 'Days of running after which it is inconclusive, up to 730.' }),
      plannedSubjects: t.int({
        description:
          'Subjects of each variant at which one look decides. Default: always-valid tests decide at any time.',
      }),
      cupedDays: t.int({ description: 'Days before the exposure that CUPED reads, up to 90. Default: it is off.' }),
      maxExpectedLoss: t.float({
        description: 'A better variant also wins when choosing it costs no more than this, in the unit of the goal.',
      }),
      correction: t.field({ type: Correction, description: 'For the number of comparisons. Default: Holm.' }),
      autoApply: t.boolean({ description: 'Whether a verdict is applied by itself. Default: people do.' }),
    }),
  })

  const BanditInput = builder.inputType('ExperimentBanditInput', {
    description: 'How the weights of a bandit follow its results.',
    fields: (t) => ({
      cadenceHours: t.int({ description: 'Hours between two updates. Default: 6.' }),
      minSubjects: t.int({ description: 'Subjects that every arm needs before weights move. Default: 100.' }),
      maxStep: t.float({ description: 'The most that a share moves in one update, up to 1. Default: 0.2.' }),
      floor: t.float({ description: 'Least share of each arm that has none of its own, up to 0.5. Default: 0.01.' }),
    }),
  })

  return { RulesType, BanditType, RulesInput, BanditInput }
}
