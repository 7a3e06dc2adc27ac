import { type Builder, InvalidInputError, withoutNulls, wordEnum } from '@espalier/core'
import type { RuleInput } from '../alerts/rules.ts'

/** What rules are made and changed with. */
export function ruleInputs(builder: Builder, { Kind, Direction }: ReturnType<typeof alertEnums>) {
  const CreateInput = builder.inputType('AlertRuleInput', {
    description: 'A rule to be.',
    fields: (t) => ({
      name: t.string({
        required: true,
        description: 'What people call it, up to 100 characters. Example: `Visitors are missing`.',
      }),
      metric: t.string({ required: true, description: 'What is watched: one of `alertMetrics`.' }),
      filter: t.field({
        type: 'JSON',
        description:
          '`siteId` and `pageId`, both UUIDs, and `goal`, its name, for conversions. Default: the whole workspace.',
      }),
      kind: t.field({ type: Kind, required: true, description: 'What its values are compared with.' }),
      direction: t.field({ type: Direction, description: 'Which way is wrong. Default BELOW.' }),
      threshold: t.float({ description: 'For THRESHOLD, in the unit of the metric.' }),
      sensitivity: t.float({ description: 'For ANOMALY: robust z-score, 2 to 20. Default 3.5.' }),
      weeks: t.int({ description: 'For ANOMALY: past weeks, 4 to 12. Default 6.' }),
      minimum: t.float({
        description: 'Least volume: of a share what it is a share of, of an anomaly what is usual. Default 0.',
      }),
      window: t.int({ description: 'Minutes that are looked at, 5 to 1,440; whole hours for ANOMALY. Default 60.' }),
      active: t.boolean({ description: 'Whether it is watched. Default true.' }),
    }),
  })
  const UpdateInput = builder.inputType('UpdateAlertRuleInput', {
    description: 'A change of a rule; what is left out stays.',
    fields: (t) => ({
      name: t.string({ description: 'What people call it. Example: `Visitors are missing`.' }),
      metric: t.string({ description: 'What is watched. Example: `tracking.visitors`.' }),
      filter: t.field({ type: 'JSON', description: '`siteId`, `pageId` and `goal`.' }),
      kind: t.field({ type: Kind, description: 'What its values are compared with.' }),
      direction: t.field({ type: Direction, description: 'Which way is wrong.' }),
      threshold: t.float({ description: 'For THRESHOLD; null for ANOMALY.' }),
      sensitivity: t.float({ description: 'For ANOMALY: robust z-score.' }),
      weeks: t.int({ description: 'For ANOMALY: past weeks.' }),
      minimum: t.float({ description: 'Least volume.' }),
      window: t.int({ description: 'Minutes that are looked at.' }),
      active: t.boolean({ description: 'Whether it is watched.' }),
    }),
  })
  return { CreateInput, UpdateInput }
}

/** The words of rules and alerts. */
export function alertEnums(builder: Builder) {
  return {
    Status: wordEnum(builder, 'AlertStatus', 'Where an alert stands.', {
      open: 'Nobody has looked after it yet.',
      acknowledged: 'Somebody looks after it.',
      resolved: 'It is over.',
    }),
    Kind: wordEnum(builder, 'AlertRuleKind', 'What values are compared with.', {
      threshold: 'A number.',
      anomaly: 'The same hours of past weeks.',
    }),
    Direction: wordEnum(builder, 'AlertDirection', 'Which way is wrong.', {
      above: 'Too much.',
      below: 'Too little.',
      both: 'Either; for anomalies.',
    }),
    Unit: wordEnum(builder, 'MetricUnit', 'What values are.', {
      count: 'Whole numbers.',
      share: 'Shares, from 0 to 1.',
      microDollars: 'Millionths of a US dollar.',
    }),
  }
}

/** @throws InvalidInputError for a filter that is no object */
export function ruleOf(input: { filter?: unknown }): RuleInput {
  const { filter } = input
  if (filter != null && (typeof filter !== 'object' || Array.isArray(filter)))
    throw InvalidInputError.of('input.filter', 'NO_OBJECT', {
      en: 'The filter is no object such as { "pageId": "…" }.',
      fr: 'Le filtre n’est pas un objet tel que { "pageId": "…" }.',
    })
  return withoutNulls({ ...input }) as RuleInput
}
