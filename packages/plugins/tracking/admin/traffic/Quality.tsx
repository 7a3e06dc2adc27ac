import {
  Answer,
  Badge,
  type ChosenRange,
  type Format,
  Note,
  Section,
  Skeleton,
  Stat,
  useFormat,
  useMessages,
  useQuery,
} from '@espalier/admin-kit'
import { graphql } from '../graphql/index.ts'
import { useTimeSpan } from '../timeSpan.ts'
import { messages } from './messages.ts'

const QualityDocument = graphql(`
  query TrafficQuality($from: DateTime!, $to: DateTime!, $siteId: ID) {
    metrics(from: $from, until: $to, siteId: $siteId) {
      visitorsError
      dataQuality {
        served
        gap
      }
      vitals {
        lcpMs {
          p75
          samples
        }
        inpMs {
          p75
          samples
        }
        cls {
          p75
          samples
        }
        loadMs {
          p75
          samples
        }
      }
    }
  }
`)

/** Up to the first a vital is good, above the second it is poor: https://web.dev/articles/vitals. Load has no such limits. */
const limits = { lcpMs: [2_500, 4_000], inpMs: [200, 500], cls: [0.1, 0.25], loadMs: undefined } as const
type Vital = keyof typeof limits

/** A gap that small is people who left at once. */
const usualGap = 0.15

/** How fast pages were for visitors, and how far the figures can be trusted. */
export function Quality({ range, siteId }: { range: ChosenRange; siteId: string | null }) {
  const m = useMessages(messages)
  const format = useFormat()
  const { from, to } = useTimeSpan(range)
  const quality = useQuery(QualityDocument, { from, to, siteId }, { keep: true })
  return (
    <Section title={m.vitals} lead={m.vitalsLead}>
      <Answer of={quality} skeleton={<Skeleton height="5rem" />}>
        {({ metrics: { vitals, dataQuality, visitorsError } }) => (
          <>
            <div className="traffic-stats">
              {(Object.keys(limits) as Vital[]).map((vital) => {
                const { p75, samples } = vitals[vital]
                return (
                  <Stat
                    key={vital}
                    label={m.vital[vital]}
                    value={p75 === null ? undefined : written(vital, p75, format)}
                    detail={samples === 0 ? m.unmeasured : m.samples(format.number(samples))}
                  >
                    <Grade vital={vital} p75={p75} />
                  </Stat>
                )
              })}
            </div>
            {dataQuality.gap !== null && dataQuality.gap > usualGap && (
              <Note tone="warning" title={m.quality(format.percent(dataQuality.gap, 0))}>
                {m.qualityHint}
              </Note>
            )}
            {visitorsError > 0 && <p className="e-muted">{m.estimated(format.percent(visitorsError))}</p>}
          </>
        )}
      </Answer>
    </Section>
  )
}

function Grade({ vital, p75 }: { vital: Vital; p75: number | null }) {
  const m = useMessages(messages)
  const bounds = limits[vital]
  if (p75 === null || !bounds) return null
  if (p75 <= bounds[0]) return <Badge tone="positive">{m.grade.good}</Badge>
  if (p75 <= bounds[1]) return <Badge tone="warning">{m.grade.fair}</Badge>
  return <Badge tone="critical">{m.grade.poor}</Badge>
}

function written(vital: Vital, value: number, { number, duration }: Format): string {
  return vital === 'cls' ? number(value, 3) : duration(value)
}
