import { EmptyState, plainId, Section, Select, Stack, useFormat, useMessages, usePage } from '@espalier/admin-kit'
import { ChartNoAxesCombined } from 'lucide-react'
import { messages as shared } from '../messages.ts'
import { experimentPage } from '../pages.ts'
import { Course } from './Course.tsx'
import type { ShownExperiment } from './Experiment.tsx'
import { MetricIntervals, writeLevel } from './MetricIntervals.tsx'
import { messages } from './messages.ts'
import { Slices } from './Slices.tsx'
import { Missing } from './Verdict.tsx'
import './experiment.css'

/** What came of it: every metric on an axis of its own, then one of them day by day and by parts of the visitors. */
export function Results({ experiment }: { experiment: ShownExperiment }) {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const format = useFormat()
  const { search, setSearch } = usePage(experimentPage)
  const { results } = experiment
  if (results.exposures === 0)
    return (
      <EmptyState icon={ChartNoAxesCombined} title={m.none}>
        <p>{m.noneWhy}</p>
        <p>
          <code>{experiment.key}</code>
        </p>
      </EmptyState>
    )
  const chosen =
    results.metrics.find(({ metric }) => plainId(metric.id) === search.metric) ??
    results.metrics.find(({ role }) => role === 'GOAL') ??
    results.metrics[0]
  return (
    <Stack gap={6}>
      <Missing experiment={experiment} />
      {results.metrics.length > 0 && (
        <p className="e-small e-muted">
          {results.plannedReached
            ? m.validOnce(writeLevel(format, results.confidence))
            : m.validAnytime(writeLevel(format, results.confidence))}
        </p>
      )}
      {results.metrics.length === 0 && <EmptyState title={m.noMetrics} />}
      {results.metrics.map((metric) => (
        <MetricIntervals key={metric.metric.id} experiment={experiment} of={metric} />
      ))}
      {chosen && (
        <>
          {results.metrics.length > 1 && (
            <div className="x-narrow">
              <Select
                label={m.metric}
                value={plainId(chosen.metric.id)}
                onChange={(metric) => setSearch({ metric })}
                options={results.metrics.map(({ metric, role }) => ({
                  id: plainId(metric.id),
                  label: metric.name,
                  detail: words.role[role],
                }))}
              />
            </div>
          )}
          <Section title={m.course} lead={m.courseLead}>
            <Course experiment={experiment} metric={chosen.metric} />
          </Section>
          <Section title={m.slices} lead={m.slicesLead}>
            <Slices experiment={experiment} metric={chosen.metric} />
          </Section>
        </>
      )}
    </Stack>
  )
}
