import { Checkbox, CheckboxGroup, Note, Stack, TextField, useMessages } from '@espalier/admin-kit'
import { useState } from 'react'
import type { WebhookEventTypesQuery } from '../graphql/graphql.ts'
import { messages } from './messages.ts'

export type EventType = WebhookEventTypesQuery['webhookEventTypes'][number]

/** What an endpoint gets: single types, whole groups, everything. Searched by name and description. */
export function EventTypePicker({
  types,
  value,
  onChange,
  error,
  disabled = false,
}: {
  types: readonly EventType[]
  value: readonly string[]
  onChange: (value: string[]) => void
  error?: string | undefined
  disabled?: boolean
}) {
  const m = useMessages(messages)
  const [text, setText] = useState('')
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const found = types.filter(({ type, description, groupTitle }) =>
    words.every((word) => `${type} ${description} ${groupTitle}`.toLowerCase().includes(word)),
  )
  const groups = [...Map.groupBy(found, ({ group }) => group)]
  const everything = value.includes('*')
  const set = (pattern: string, chosen: boolean) =>
    onChange(chosen ? [...value, pattern] : value.filter((given) => given !== pattern))
  return (
    <fieldset className="operations-event-types">
      <legend>{m.eventTypes}</legend>
      <Stack gap={3}>
        {error && <Note tone="critical">{error}</Note>}
        <Checkbox
          value={everything}
          disabled={disabled}
          onChange={(chosen) => set('*', chosen)}
          hint={m.everythingHint}
        >
          {m.everything}
        </Checkbox>
        <TextField label={m.searchTypes} type="search" value={text} onChange={setText} />
        {groups.map(([group, members]) => {
          const all = `${group}.*`
          const whole = everything || value.includes(all)
          const options = [
            ...(words.length === 0
              ? [{ id: all, label: m.allOf(members[0]?.groupTitle ?? group), disabled: everything }]
              : []),
            ...members.map(({ type, description, frequent }) => ({
              id: type,
              label: type,
              detail: frequent ? `${description} ${m.frequent}` : description,
              // It is among what is chosen already.
              disabled: whole && !frequent,
            })),
          ]
          const ids = new Set(options.map(({ id }) => id))
          return (
            <CheckboxGroup
              key={group}
              label={members[0]?.groupTitle ?? group}
              disabled={disabled}
              options={options}
              value={value.filter((given) => ids.has(given))}
              onChange={(chosen) => onChange([...value.filter((given) => !ids.has(given)), ...chosen])}
            />
          )
        })}
        {groups.length === 0 && <p>{m.noTypes}</p>}
      </Stack>
    </fieldset>
  )
}
