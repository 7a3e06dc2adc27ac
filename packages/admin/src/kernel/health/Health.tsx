import {
  Answer,
  Badge,
  Button,
  Card,
  Columns,
  DescriptionList,
  type Format,
  Note,
  PageFrame,
  Skeleton,
  Stack,
  TimeAgo,
  type Tone,
  useFormat,
  useMessages,
  useQuery,
} from '@espalier/admin-kit'
import { RotateCw } from 'lucide-react'
import { useEffect } from 'react'
import type { SystemHealthQuery } from '../../graphql/graphql.ts'
import { AppFaults } from './AppFaults.tsx'
import { HealthDocument } from './documents.ts'
import { messages } from './messages.ts'

/** How often it is looked at while somebody has it before them, in milliseconds. */
const every = 10_000

const tones: Record<'OK' | 'DEGRADED' | 'DOWN', Tone> = { OK: 'positive', DEGRADED: 'warning', DOWN: 'critical' }

/** How the installation is. */
export default function Health() {
  const m = useMessages(messages)
  const query = useQuery(HealthDocument, {})
  const { again } = query
  useEffect(() => {
    const timer = setInterval(() => document.hidden || again(), every)
    return () => clearInterval(timer)
  }, [again])
  return (
    <PageFrame
      title={m.title}
      lead={m.lead}
      actions={
        <Button icon={RotateCw} onPress={again}>
          {m.again}
        </Button>
      }
    >
      <Stack gap={6}>
        <AppFaults />
        <Answer of={query} skeleton={<Skeleton height="32rem" />}>
          {({ systemHealth }) => <Found health={systemHealth} />}
        </Answer>
      </Stack>
    </PageFrame>
  )
}

function Found({ health }: { health: SystemHealthQuery['systemHealth'] }) {
  const m = useMessages(messages)
  const format = useFormat()
  return (
    <Stack gap={6}>
      <Note tone={tones[health.state]} title={m.all[health.state]}>
        <p>{m.since(health.version, format.dateTime(health.startedAt))}</p>
        <p className="e-muted">
          {m.lookedAt} <TimeAgo at={health.at} />
        </p>
      </Note>
      <Columns min="20rem">
        {health.parts.map(({ key, title, state, sentence, figures }) => (
          <Card key={key} title={title} badge={<Badge tone={tones[state]}>{m.states[state]}</Badge>}>
            <p>{sentence}</p>
            <DescriptionList
              items={figures.map(
                ({ label, value, unit }) => [label, written(format, m.perMinute, value, unit)] as const,
              )}
            />
          </Card>
        ))}
      </Columns>
    </Stack>
  )
}

type Unit = SystemHealthQuery['systemHealth']['parts'][number]['figures'][number]['unit']

function written(
  { number, bytes, duration }: Format,
  perMinute: (value: string) => string,
  value: number,
  unit: Unit,
): string {
  if (unit === 'BYTES') return bytes(value)
  if (unit === 'MILLISECONDS') return duration(value)
  if (unit === 'SECONDS') return duration(value * 1000)
  if (unit === 'PER_MINUTE') return perMinute(number(value, 1))
  return number(value)
}
