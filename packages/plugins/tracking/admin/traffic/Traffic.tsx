import {
  DateRangePicker,
  globalId,
  PageFrame,
  plainId,
  rangeChange,
  Section,
  Select,
  Stack,
  useMessages,
  usePage,
  useQuery,
  useRange,
} from '@espalier/admin-kit'
import { Figures } from '../Figures.tsx'
import { graphql } from '../graphql/index.ts'
import { messages as shared } from '../messages.ts'
import { trafficPage } from '../pages.ts'
import { TrafficParts } from '../TrafficParts.tsx'
import { metricIds } from '../words.ts'
import { messages } from './messages.ts'
import { Quality } from './Quality.tsx'
import { Split } from './Split.tsx'

const SiteChoiceDocument = graphql(`
  query SiteChoice {
    trackingSites(first: 100, orderBy: { field: NAME, direction: ASC }) {
      nodes {
        id
        name
      }
    }
  }
`)

const everywhere = 'all'

/** What visitors did over a span of time: figures, their course, what they split into, how fast pages were. */
export default function Traffic() {
  const m = useMessages(messages)
  const { metrics } = useMessages(shared)
  const { search, setSearch } = usePage(trafficPage)
  const range = useRange(search)
  const { metric, site, by, find } = search
  const siteId = site === undefined ? null : globalId('TrackingSite', site)
  const sites = useQuery(SiteChoiceDocument, {}).data?.trackingSites.nodes ?? []
  return (
    <PageFrame
      title={m.title}
      wide
      actions={
        <>
          {sites.length > 1 && (
            <Select
              label={m.site}
              labelHidden
              options={[
                { id: everywhere, label: m.allSites },
                ...sites.map(({ id, name }) => ({ id: plainId(id), label: name })),
              ]}
              value={site ?? everywhere}
              onChange={(chosen) => setSearch({ site: chosen === everywhere ? undefined : chosen })}
            />
          )}
          <DateRangePicker value={search} onChange={(choice) => setSearch(rangeChange(choice))} />
        </>
      }
    >
      <Stack gap={6}>
        <TrafficParts />
        <Section title={metrics[metric]}>
          <Figures range={range} metrics={metricIds} drawn={metric} site={site} siteId={siteId} height={280} />
        </Section>
        <Split
          range={range}
          siteId={siteId}
          by={by}
          onBy={(chosen) => setSearch({ by: chosen, find: '' })}
          find={find}
          onFind={(text) => setSearch({ find: text })}
        />
        <Quality range={range} siteId={siteId} />
      </Stack>
    </PageFrame>
  )
}
