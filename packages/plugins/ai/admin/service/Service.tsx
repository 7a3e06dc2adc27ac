import { Answer, Badge, PageFrame, Skeleton, Tabs, useMessages, usePage, useQuery } from '@espalier/admin-kit'
import { messages as shared } from '../messages.ts'
import { servicePage } from '../pages.ts'
import { Connection } from './Connection.tsx'
import { ServiceDocument } from './documents.ts'
import { Limits } from './Limits.tsx'
import { messages } from './messages.ts'
import { Prices } from './Prices.tsx'

/** The service that models are asked at, its limits, its prices. */
export default function Service() {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const { search, setSearch } = usePage(servicePage)
  const query = useQuery(ServiceDocument, {})
  const configured = query.data?.aiStatus.configured
  return (
    <PageFrame
      title={words.service}
      lead={m.lead}
      badge={
        configured !== undefined && (
          <Badge tone={configured ? 'positive' : 'neutral'}>{configured ? m.on : m.off}</Badge>
        )
      }
    >
      <Tabs
        label={m.parts}
        value={search.tab}
        onChange={(tab) => setSearch({ tab })}
        tabs={[
          {
            id: 'service',
            label: m.tabs.service,
            content: (
              <Answer of={query} skeleton={<Skeleton height="26rem" />}>
                {({ aiStatus }) => <Connection status={aiStatus} changed={query.again} />}
              </Answer>
            ),
          },
          { id: 'limits', label: m.tabs.limits, content: <Limits /> },
          {
            id: 'prices',
            label: m.tabs.prices,
            content: (
              <Answer of={query} skeleton={<Skeleton height="26rem" />}>
                {({ aiPrices, aiStatus }) => (
                  <Prices prices={aiPrices} asOf={aiStatus.pricesAsOf} changed={query.again} />
                )}
              </Answer>
            ),
          },
        ]}
      />
    </PageFrame>
  )
}
