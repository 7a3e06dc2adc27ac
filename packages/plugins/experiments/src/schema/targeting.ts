import { type Builder, both } from '@espalier/core'
import type { ActiveHours } from '../assignment/activeHours.ts'

/** Who takes part, and when: types that say it, and inputs that set it. */
export function targetingTypes(builder: Builder) {
  const common = { authScopes: { permission: 'experiments:read' }, subGraphs: both } as const

  const ActiveHoursType = builder.objectRef<ActiveHours>('ExperimentActiveHours').implement({
    ...common,
    description: 'When an experiment takes subjects in. Who is in keeps its variant at any time.',
    fields: (t) => ({
      timeZone: t.exposeString('timeZone', { description: 'Of IANA, such as "Europe/Paris".' }),
      from: t.exposeString('from', { description: 'From this time of day on, such as "08:30".' }),
      to: t.exposeString('to', {
        description: 'Up to and without this time of day; before `from`, it is of the next day.',
      }),
      weekdays: t.intList({
        nullable: true,
        description: 'Days on which the span begins, 1 is Monday. Null: all.',
        extensions: { boundedList: 'a week has 7 days' },
        resolve: ({ weekdays }) => (weekdays ? [...weekdays] : null),
      }),
    }),
  })

  const Namespace = builder.objectRef<{ name: string; from: number; to: number }>('ExperimentNamespace').implement({
    ...common,
    description: 'Experiments of one namespace exclude one another: each has a part of it.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Its name.' }),
      from: t.exposeFloat('from', { description: 'Where the part begins, from 0.' }),
      to: t.exposeFloat('to', { description: 'Where it ends, up to 1.' }),
    }),
  })

  const Forced = builder.objectRef<{ subject: string; variant: string }>('ExperimentForcedSubject').implement({
    ...common,
    description: 'A subject that gets a variant for trying it out, and is not counted.',
    fields: (t) => ({
      subject: t.exposeString('subject', { description: 'Id of the visitor, or whatever else is subject.' }),
      variant: t.exposeString('variant', { description: 'Key of the variant.' }),
    }),
  })

  const ActiveHoursInput = builder.inputType('ExperimentActiveHoursInput', {
    description: 'When an experiment takes subjects in.',
    fields: (t) => ({
      timeZone: t.string({ required: true, description: 'Of IANA, such as "Europe/Paris".' }),
      from: t.string({ required: true, description: 'From this time of day on, such as "08:30".' }),
      to: t.string({
        required: true,
        description: 'Up to and without this time of day; before `from`, it is of the next day.',
      }),
      weekdays: t.intList({ description: 'Days on which the span begins, 1 is Monday. Default: all.' }),
    }),
  })

  const NamespaceInput = builder.inputType('ExperimentNamespaceInput', {
    description: 'The part of a namespace that an experiment takes.',
    fields: (t) => ({
      name: t.string({
        required: true,
        description: 'Experiments with the same name exclude one another. Example: `checkout`.',
      }),
      from: t.float({ required: true, description: 'Where the part begins, from 0.' }),
      to: t.float({ required: true, description: 'Where it ends, above `from` and up to 1.' }),
    }),
  })

  const ForcedInput = builder.inputType('ExperimentForcedSubjectInput', {
    description: 'A subject that gets a variant for trying it out.',
    fields: (t) => ({
      subject: t.string({
        required: true,
        description: 'Id of the visitor, or whatever else is subject. Example: `user-4711`.',
      }),
      variant: t.string({ required: true, description: 'Key of the variant. Example: `bold`.' }),
    }),
  })

  return { ActiveHoursType, Namespace, Forced, ActiveHoursInput, NamespaceInput, ForcedInput }
}
