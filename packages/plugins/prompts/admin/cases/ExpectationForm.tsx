import { Columns, type FieldBinding, NumberField, RadioGroup, TextArea, useMessages } from '@espalier/admin-kit'
import type { ExpectationFields } from './expectation.ts'
import { messages } from './messages.ts'

/** The fields that say what a good answer holds, and what the case is for. */
export function ExpectationForm({
  fields,
  kind,
}: {
  fields: { readonly [Name in keyof ExpectationFields]: FieldBinding<ExpectationFields[Name]> }
  kind: FieldBinding<'teaches' | 'heldBack'>
}) {
  const m = useMessages(messages)
  return (
    <>
      <RadioGroup
        label={m.kind}
        options={(['teaches', 'heldBack'] as const).map((id) => ({ id, label: m.kinds[id], detail: m.kindHints[id] }))}
        {...kind}
      />
      <Columns min="14rem">
        <TextArea label={m.contains} hint={m.containsHint} optional {...fields.contains} />
        <TextArea label={m.excludes} hint={m.containsHint} optional {...fields.excludes} />
        <NumberField label={m.minWords} optional min={0} {...fields.minWords} />
        <NumberField label={m.maxWords} optional min={0} {...fields.maxWords} />
      </Columns>
      <TextArea label={m.judge} hint={m.judgeHint} optional {...fields.judge} />
    </>
  )
}
