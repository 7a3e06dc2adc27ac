import {
  Answer,
  Card,
  DescriptionList,
  EmptyState,
  type Format,
  globalId,
  Link,
  Note,
  PageFrame,
  Stack,
  Timeline,
  useFormat,
  useMessages,
  usePage,
  useQuery,
} from '@espalier/admin-kit'
import { CircleSlash } from 'lucide-react'
import type { SessionQuery } from '../graphql/graphql.ts'
import { messages as shared } from '../messages.ts'
import { sessionPage, sessionsPage } from '../pages.ts'
import { useValueName } from '../valueName.ts'
import { SessionDocument } from './documents.ts'
import { messages } from './messages.ts'

/** One session: who came from where, and step by step what they did. */
export default function Session() {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const { params } = usePage(sessionPage)
  const session = useQuery(SessionDocument, { id: globalId('TrackingSession', params.id) })
  const node = session.data?.node
  const title = node?.__typename === 'TrackingSession' ? m.session(node.entryPath ?? m.unknown) : m.title
  return (
    <PageFrame title={title} breadcrumbs={<Link to={sessionsPage}>{words.sessions}</Link>}>
      <Answer of={session} height="24rem">
        {({ node }) =>
          node?.__typename === 'TrackingSession' ? (
            <Journey session={node} />
          ) : (
            <EmptyState icon={CircleSlash} title={m.gone}>
              {m.goneWhy}
            </EmptyState>
          )
        }
      </Answer>
    </PageFrame>
  )
}

type Session = Extract<SessionQuery['node'], { __typename: 'TrackingSession' }>

function Journey({ session }: { session: Session }) {
  const m = useMessages(messages)
  const format = useFormat()
  const nameOf = useValueName()
  const { startedAt, endedAt, channel, referrerHost, country, device, browser, os } = session
  const campaign = [session.utmSource, session.utmMedium, session.utmCampaign].filter(Boolean).join(' / ')
  return (
    <Stack>
      <Card>
        <DescriptionList
          items={[
            [m.started, format.dateTime(startedAt)],
            [m.lasted, format.duration(Date.parse(endedAt) - Date.parse(startedAt))],
            [m.engaged, format.duration(Math.round(session.engagementSeconds) * 1000)],
            [m.channel, nameOf('CHANNEL', channel)],
            referrerHost !== null && [m.from, referrerHost],
            campaign !== '' && [m.campaign, campaign],
            [m.country, nameOf('COUNTRY', country)],
            [m.device, [nameOf('DEVICE', device), browser, os].filter(Boolean).join(', ')],
            [m.visitor, <code key="visitor">{session.visitorId}</code>],
          ]}
        />
      </Card>
      <Card title={m.journey}>
        <Timeline
          label={m.journey}
          items={session.events.nodes.map((event) => ({
            id: event.id,
            tone: event.name === 'conversion' ? 'positive' : 'neutral',
            title: (
              <>
                {m.names[event.name] ?? event.name} <strong>{whatOf(event, format)}</strong>
              </>
            ),
            time: <time dateTime={event.at}>{format.time(event.at)}</time>,
          }))}
        />
        {session.events.pageInfo.hasNextPage && <Note tone="neutral">{m.moreEvents}</Note>}
      </Card>
    </Stack>
  )
}

function whatOf({ goal, path, value }: Session['events']['nodes'][number], { money }: Format): string {
  const what = goal ?? path ?? ''
  return value ? `${what}, ${money(value.amountMinor, value.currency)}` : what
}
