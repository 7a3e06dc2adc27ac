import {
  ButtonLink,
  containing,
  daysOf,
  EmptyState,
  List,
  type ListState,
  PageFrame,
  Stack,
  TimeAgo,
  useFormat,
  useMessages,
} from '@espalier/admin-kit'
import { MousePointerClick } from 'lucide-react'
import { useState } from 'react'
import type { EventsQuery } from '../graphql/graphql.ts'
import { graphql } from '../graphql/index.ts'
import { eventsPage, sitesPage } from '../pages.ts'
import { TrafficParts } from '../TrafficParts.tsx'
import { useValueName } from '../valueName.ts'
import { EventDrawer } from './EventDrawer.tsx'
import { messages } from './messages.ts'

const EventsDocument = graphql(`
  query Events(
    $first: Int
    $after: String
    $last: Int
    $before: String
    $count: Boolean = false
    $filter: TrackingEventFilter
  ) {
    trackingEvents(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
      nodes {
        id
        at
        receivedAt
        name
        goal
        path
        url
        referrer
        channel
        country
        device
        browser
        os
        visitorId
        properties
        metrics
        value {
          amountMinor
          currency
        }
      }
      pageInfo {
        hasNextPage
        endCursor
        startCursor
      }
      totalCount @include(if: $count)
    }
  }
`)

export type LoggedEvent = EventsQuery['trackingEvents']['nodes'][number]

/** The event log of the workspace, newest first. */
export default function Events() {
  const m = useMessages(messages)
  const { money } = useFormat()
  const nameOf = useValueName()
  const [open, setOpen] = useState<LoggedEvent>()
  return (
    <PageFrame title={m.title} lead={m.lead} wide>
      <Stack>
        <TrafficParts />
        <List
          id="tracking.events"
          label={m.list}
          page={eventsPage}
          document={EventsDocument}
          connection={({ trackingEvents }) => trackingEvents}
          variables={variablesOf}
          search={m.search}
          onOpen={(row) => setOpen(row)}
          rowLabel={({ name }) => m.event(name)}
          columns={[
            { id: 'name', label: m.name, width: 140, cell: ({ name }) => name },
            { id: 'goal', label: m.goal, width: 120, cell: ({ goal }) => goal ?? '–' },
            { id: 'path', label: m.path, width: 240, cell: ({ path, url }) => path ?? url ?? '–' },
            { id: 'channel', label: m.source, width: 130, cell: ({ channel }) => nameOf('CHANNEL', channel) },
            { id: 'country', label: m.country, width: 120, cell: ({ country }) => nameOf('COUNTRY', country) },
            { id: 'device', label: m.device, width: 110, hidden: true, cell: ({ device }) => nameOf('DEVICE', device) },
            {
              id: 'value',
              label: m.value,
              width: 110,
              fixed: true,
              align: 'end',
              hidden: true,
              cell: ({ value }) => value && money(value.amountMinor, value.currency),
            },
            { id: 'at', label: m.at, width: 130, fixed: true, cell: ({ at }) => <TimeAgo at={at} /> },
          ]}
          filters={[
            { id: 'name', label: m.name, kind: 'text' },
            { id: 'goal', label: m.goal, kind: 'text' },
            { id: 'url', label: m.address, kind: 'text' },
            { id: 'at', label: m.at, kind: 'date' },
          ]}
          empty={
            <EmptyState
              icon={MousePointerClick}
              title={m.empty}
              action={<ButtonLink to={sitesPage}>{m.emptyDo}</ButtonLink>}
            >
              {m.emptyWhy}
            </EmptyState>
          }
        />
      </Stack>
      <EventDrawer event={open} onClose={() => setOpen(undefined)} />
    </PageFrame>
  )
}

function variablesOf({ q, filter }: ListState & { filter: Record<string, string[]> }) {
  return {
    filter: {
      search: q,
      name: containing(filter.name?.[0]),
      goal: containing(filter.goal?.[0]),
      url: containing(filter.url?.[0]),
      ...daysOf(filter.at),
    },
  }
}
