import {
  EmptyState,
  IntervalChart,
  LineChart,
  Section,
  Stack,
  TimeAgo,
  useFormat,
  useMessages,
} from '@espalier/admin-kit'
import { Gauge } from 'lucide-react'
import { messages } from './messages.ts'
import type { ImprovingPage } from './PageImprovement.tsx'

/** How the variants did at the latest analysis, on one axis, and how that has come about. */
export function Variants({ page }: { page: ImprovingPage }) {
  const m = useMessages(messages)
  const { number, percent } = useFormat()
  const [measured] = page.measured.nodes
  const rows = (measured?.analyses.nodes ?? []).toSorted((one, other) => (other.share ?? 0) - (one.share ?? 0))
  const keys = rows.map(({ variantKey }) => variantKey)
  const colorOf = (key: string) => ((keys.indexOf(key) % 8) + 1) as 1
  const share = (value: number | null | undefined, digits = 0) =>
    typeof value === 'number' ? percent(value, digits) : '–'
  if (!measured || rows.length === 0)
    return (
      <Section title={m.variants}>
        <EmptyState icon={Gauge} title={m.notMeasured}>
          <p>{m.notMeasuredHow}</p>
        </EmptyState>
      </Section>
    )
  return (
    <Section title={m.variants} lead={m.variantsLead} badge={<TimeAgo at={measured.createdAt} />}>
      <Stack gap={6}>
        <IntervalChart
          label={m.variants}
          name={m.variant}
          interval={m.rate}
          reference={null}
          higherIsBetter={null}
          formatValue={(value) => percent(value)}
          columns={[m.share, m.visitors, m.chanceBest, m.bounce, m.score]}
          rows={rows.map((row) => ({
            id: row.id,
            label: row.variantKey,
            color: colorOf(row.variantKey),
            estimate: row.conversionRate ?? null,
            interval:
              typeof row.rateLower === 'number' && typeof row.rateUpper === 'number'
                ? { lower: row.rateLower, upper: row.rateUpper }
                : null,
            cells: [
              share(row.share),
              number(row.visitors),
              share(row.confidence),
              share(row.bounceRate),
              typeof row.score === 'number' ? number(row.score) : '–',
            ],
          }))}
        />
        {page.course.nodes.length > keys.length && (
          <LineChart
            label={m.course}
            step="hour"
            formatValue={(value) => percent(value)}
            series={keys.map((key) => ({
              id: key,
              label: key,
              color: colorOf(key),
              points: page.course.nodes
                .filter(({ variantKey }) => variantKey === key)
                .map(({ at, conversionRate, rateLower, rateUpper }) => ({
                  at: Date.parse(at),
                  value: conversionRate ?? null,
                  lower: rateLower ?? null,
                  upper: rateUpper ?? null,
                }))
                .toSorted((one, other) => one.at - other.at),
            }))}
          />
        )}
      </Stack>
    </Section>
  )
}
