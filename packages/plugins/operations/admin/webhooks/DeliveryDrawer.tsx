import {
  Answer,
  Badge,
  CodeBlock,
  Drawer,
  JsonView,
  Section,
  Stack,
  useFormat,
  useMessages,
  useQuery,
} from '@espalier/admin-kit'
import type { WebhookDeliveryQuery } from '../graphql/graphql.ts'
import { DeliveryDocument } from './documents.ts'
import { messages } from './messages.ts'

/** A message as it was posted, and every attempt with what was answered. */
export function DeliveryDrawer({ id, onClose }: { id: string | undefined; onClose: () => void }) {
  const m = useMessages(messages)
  return (
    <Drawer open={id !== undefined} onClose={onClose} title={m.delivery} size="large">
      {id !== undefined && <Shown id={id} />}
    </Drawer>
  )
}

type Delivery = Extract<NonNullable<WebhookDeliveryQuery['node']>, { __typename: 'WebhookDelivery' }>

function Shown({ id }: { id: string }) {
  const m = useMessages(messages)
  const query = useQuery(DeliveryDocument, { id })
  return (
    <Answer of={query}>
      {({ node }) => (node?.__typename === 'WebhookDelivery' ? <Found delivery={node} /> : <p>{m.deliveryGone}</p>)}
    </Answer>
  )
}

function Found({ delivery: { eventType, body, log } }: { delivery: Delivery }) {
  const m = useMessages(messages)
  const { dateTime, number } = useFormat()
  return (
    <Stack gap={5}>
      <Section title={eventType}>
        <JsonView label={m.payload} value={JSON.parse(body)} height="20rem" />
      </Section>
      <Section title={m.attempts}>
        <Stack gap={4}>
          {log.nodes.length === 0 && <p>{m.noAttempts}</p>}
          {log.nodes.map(({ id, number: nth, at, durationMs, responseStatus, responseBody, error }) => (
            <Stack key={id} gap={2}>
              <p>
                <Badge tone={error === null ? 'positive' : 'critical'}>{responseStatus ?? m.noAnswer}</Badge>{' '}
                {m.attempt(number(nth), dateTime(at), number(durationMs))}
              </p>
              {error && <p>{error}</p>}
              {responseBody !== '' && <CodeBlock label={m.answer} code={responseBody} height="8rem" />}
            </Stack>
          ))}
        </Stack>
      </Section>
    </Stack>
  )
}
