import { Section, Timeline, type Tone, useFormat, useMessages } from '@espalier/admin-kit'
import type { MessageShown } from './Message.tsx'
import { messages } from './messages.ts'

const tones: Record<string, Tone> = {
  delivered: 'positive',
  delivery: 'positive',
  opened: 'positive',
  open: 'positive',
  click: 'positive',
  bounce: 'critical',
  complaint: 'critical',
  failed: 'critical',
  reject: 'critical',
  renderingFailure: 'critical',
  suppressed: 'warning',
  deliveryDelay: 'warning',
  unsubscribe: 'warning',
}

/** What became of a message, one step after the other. */
export function MessageCourse({ message }: { message: MessageShown }) {
  const m = useMessages(messages)
  const { dateTime } = useFormat()
  // The embedded outbox is no provider.
  const isKept = message.transport === 'outbox'
  const steps = [
    { kind: 'queued', at: message.queuedAt },
    { kind: 'attempted', at: isKept ? null : message.attemptedAt },
    { kind: 'sent', at: message.sentAt },
    { kind: 'suppressed', at: message.suppressedAt },
    { kind: 'failed', at: message.failedAt },
    ...message.events.nodes,
  ]
    .filter((step): step is typeof step & { at: string } => typeof step.at === 'string')
    .sort((one, other) => one.at.localeCompare(other.at))
  return (
    <Section title={m.course}>
      <Timeline
        label={m.course}
        items={steps.map((step, place) => ({
          id: `${place}`,
          time: <time dateTime={step.at}>{dateTime(step.at)}</time>,
          title: isKept && step.kind === 'sent' ? m.kept : (m.kinds[step.kind] ?? step.kind),
          tone: tones[step.kind] ?? 'neutral',
          ...('actor' in step && step.actor ? { children: m.actor[step.actor] } : {}),
        }))}
      />
    </Section>
  )
}
