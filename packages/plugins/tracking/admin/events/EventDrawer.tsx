import { DescriptionList, Drawer, JsonView, Section, Stack, useFormat, useMessages } from '@espalier/admin-kit'
import { useState } from 'react'
import { useValueName } from '../valueName.ts'
import type { LoggedEvent } from './Events.tsx'
import { messages } from './messages.ts'

/** Everything that is known about one event. */
export function EventDrawer({ event, onClose }: { event: LoggedEvent | undefined; onClose: () => void }) {
  const m = useMessages(messages)
  // What was open stays while it leaves.
  const [last, setLast] = useState(event)
  if (event && event !== last) setLast(event)
  const shown = event ?? last
  return (
    <Drawer open={event !== undefined} onClose={onClose} title={shown ? m.event(shown.name) : ''}>
      {shown && <Known event={shown} />}
    </Drawer>
  )
}

function Known({ event }: { event: LoggedEvent }) {
  const m = useMessages(messages)
  const { dateTime, money } = useFormat()
  const nameOf = useValueName()
  const { value, properties, metrics } = event
  return (
    <Stack>
      <DescriptionList
        items={[
          [m.at, dateTime(event.at)],
          [m.received, dateTime(event.receivedAt)],
          event.goal !== null && [m.goal, event.goal],
          value !== null && [m.value, money(value.amountMinor, value.currency)],
          event.url !== null && [m.url, event.url],
          event.referrer !== null && [m.referrer, event.referrer],
          [m.source, nameOf('CHANNEL', event.channel)],
          [m.country, nameOf('COUNTRY', event.country)],
          [m.device, [nameOf('DEVICE', event.device), event.browser, event.os].filter(Boolean).join(', ')],
          [m.visitor, <code key="visitor">{event.visitorId}</code>],
        ]}
      />
      {isFilled(properties) && (
        <Section title={m.properties} level={3}>
          <JsonView label={m.properties} value={properties} />
        </Section>
      )}
      {isFilled(metrics) && (
        <Section title={m.measured} level={3}>
          <JsonView label={m.measured} value={metrics} />
        </Section>
      )}
    </Stack>
  )
}

function isFilled(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0
}
