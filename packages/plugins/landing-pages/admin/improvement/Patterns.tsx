import { IntervalChart, Section, Stack, useFormat, useMessages } from '@espalier/admin-kit'
import { messages } from './messages.ts'
import type { ImprovingPage } from './PageImprovement.tsx'

type Pattern = ImprovingPage['measured']['nodes'][number]['patterns']['nodes'][number]

/** What goes with better or worse results: what can be told from chance first, the rest folded away. */
export function Patterns({ page }: { page: ImprovingPage }) {
  const m = useMessages(messages)
  const patterns = page.measured.nodes[0]?.patterns.nodes ?? []
  const claimed = patterns.filter((pattern) => pattern.claimed)
  const others = patterns.filter((pattern) => !pattern.claimed)
  return (
    <Section title={m.patterns} lead={claimed.length > 0 ? m.patternsLead : m.patternsNone}>
      <Stack gap={3}>
        {claimed.length > 0 && <Effects patterns={claimed} />}
        {others.length > 0 && (
          <details className="improvement-evidence">
            <summary>{m.unclaimed(others.length)}</summary>
            <Effects patterns={others} />
          </details>
        )}
      </Stack>
    </Section>
  )
}

function Effects({ patterns }: { patterns: readonly Pattern[] }) {
  const m = useMessages(messages)
  const { change, list, number } = useFormat()
  return (
    <IntervalChart
      label={m.patterns}
      name={m.feature}
      interval={m.odds}
      formatValue={(value) => change(value, 0)}
      columns={[m.visitors]}
      rows={patterns.map(({ id, label, alsoLabeled, effect, lower, upper, visitors }) => ({
        id,
        label,
        detail: alsoLabeled.length > 0 ? m.together(list(alsoLabeled)) : undefined,
        // Odds, not their logarithm: 0.2 of log odds is 22 % more.
        estimate: Math.expm1(effect),
        interval: { lower: Math.expm1(lower), upper: Math.expm1(upper) },
        cells: [number(visitors)],
      }))}
    />
  )
}
