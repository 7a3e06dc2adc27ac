import {
  Badge,
  ButtonLink,
  containing,
  daysOf,
  EmptyState,
  List,
  type ListState,
  PageFrame,
  plainId,
  Stack,
  TimeAgo,
  target,
  useFormat,
  useMessages,
} from '@espalier/admin-kit'
import { Footprints } from 'lucide-react'
import { messages as shared } from '../messages.ts'
import { sessionPage, sessionsPage, sitesPage } from '../pages.ts'
import { TrafficParts } from '../TrafficParts.tsx'
import { useValueName } from '../valueName.ts'
import { SessionsDocument } from './documents.ts'
import { messages } from './messages.ts'

/** The sessions of visitors, those that began last first. */
export default function Sessions() {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const { number, duration } = useFormat()
  const nameOf = useValueName()
  return (
    <PageFrame title={m.title} lead={m.lead} wide>
      <Stack>
        <TrafficParts />
        <List
          id="tracking.sessions"
          label={m.list}
          page={sessionsPage}
          document={SessionsDocument}
          connection={({ trackingSessions }) => trackingSessions}
          variables={variablesOf}
          search={m.search}
          rowPage={({ id }) => target(sessionPage, { params: { id: plainId(id) } })}
          rowLabel={({ entryPath }) => m.session(entryPath ?? m.unknown)}
          columns={[
            { id: 'entry', label: m.entry, width: 220, cell: ({ entryPath }) => entryPath ?? '–' },
            { id: 'channel', label: m.channel, width: 130, cell: ({ channel }) => nameOf('CHANNEL', channel) },
            {
              id: 'referrer',
              label: m.from,
              width: 160,
              hidden: true,
              cell: ({ referrerHost }) => referrerHost ?? '–',
            },
            {
              id: 'campaign',
              label: m.campaign,
              width: 130,
              hidden: true,
              cell: ({ utmCampaign }) => utmCampaign ?? '–',
            },
            { id: 'country', label: m.country, width: 120, cell: ({ country }) => nameOf('COUNTRY', country) },
            { id: 'device', label: m.device, width: 110, cell: ({ device }) => nameOf('DEVICE', device) },
            {
              id: 'with',
              label: m.with,
              width: 150,
              hidden: true,
              cell: ({ browser, os }) => [browser, os].filter(Boolean).join(', ') || '–',
            },
            { id: 'exit', label: m.exit, width: 180, hidden: true, cell: ({ exitPath }) => exitPath ?? '–' },
            {
              id: 'pageviews',
              label: m.pageviews,
              width: 80,
              fixed: true,
              align: 'end',
              cell: ({ pageviews }) => number(pageviews),
            },
            {
              id: 'engaged',
              label: m.engaged,
              width: 120,
              fixed: true,
              align: 'end',
              cell: ({ engagementSeconds }) =>
                engagementSeconds < 0.5 ? '–' : duration(Math.round(engagementSeconds) * 1000),
            },
            {
              id: 'conversions',
              label: m.conversions,
              width: 120,
              fixed: true,
              cell: ({ conversions, bounced }) =>
                conversions > 0 ? (
                  <Badge tone="positive">{number(conversions)}</Badge>
                ) : (
                  bounced && <Badge>{m.bounced}</Badge>
                ),
            },
            {
              id: 'started',
              label: m.started,
              width: 130,
              fixed: true,
              cell: ({ startedAt }) => <TimeAgo at={startedAt} />,
            },
          ]}
          filters={[
            {
              id: 'channel',
              label: m.channel,
              options: Object.entries(words.channels).map(([id, label]) => ({ id, label })),
            },
            {
              id: 'conversion',
              label: m.converted,
              single: true,
              options: [
                { id: 'yes', label: m.conversion.yes },
                { id: 'no', label: m.conversion.no },
              ],
            },
            { id: 'entryPath', label: m.entry, kind: 'text' },
            { id: 'utmCampaign', label: m.campaign, kind: 'text' },
            { id: 'started', label: m.started, kind: 'date' },
          ]}
          empty={
            <EmptyState icon={Footprints} title={m.empty} action={<ButtonLink to={sitesPage}>{m.emptyDo}</ButtonLink>}>
              {m.emptyWhy}
            </EmptyState>
          }
        />
      </Stack>
    </PageFrame>
  )
}

function variablesOf({ q, filter }: ListState & { filter: Record<string, string[]> }) {
  const conversion = filter.conversion?.[0]
  return {
    filter: {
      search: q,
      channel: filter.channel?.length ? { in: filter.channel } : undefined,
      conversions: conversion === 'yes' ? { min: 1 } : conversion === 'no' ? { max: 0 } : undefined,
      entryPath: containing(filter.entryPath?.[0]),
      utmCampaign: containing(filter.utmCampaign?.[0]),
      ...daysOf(filter.started),
    },
  }
}
