import { ComboBox, useMessages, useQuery } from '@espalier/admin-kit'
import { useState } from 'react'
import { graphql } from '../graphql/index.ts'
import { messages as shared } from '../messages.ts'
import type { ChosenMetric } from './chosenMetric.ts'

const ChoiceDocument = graphql(`
  query MetricChoice($filter: ExperimentMetricFilter) {
    experimentMetrics(first: 50, filter: $filter, orderBy: { field: NAME, direction: ASC }) {
      nodes {
        id
        name
        kind
        event
        archivedAt
      }
    }
  }
`)

/**
 * One of the metrics of the workspace, found by typing a part of its name. Those that were put away are not among them.
 *
 * @param chosen the one that is chosen already, which need not be among the first that are found
 * @param without ids of metrics that have a role already
 * @param withoutRatios a ratio is made of metrics that are none
 */
export function MetricChoice({
  chosen,
  value,
  onChange,
  onChoose,
  without = [],
  withoutRatios = false,
  ...field
}: {
  label: string
  labelHidden?: boolean
  hint?: string
  placeholder?: string
  error?: string | undefined
  name?: string
  disabled?: boolean
  chosen?: ChosenMetric | undefined
  value: string | null
  onChange: (id: string | null) => void
  onChoose?: (metric: ChosenMetric) => void
  without?: readonly string[]
  withoutRatios?: boolean
}) {
  const words = useMessages(shared)
  const [text, setText] = useState('')
  const { data, stale } = useQuery(
    ChoiceDocument,
    { filter: text.trim() === '' ? {} : { search: text.trim() } },
    { keep: true },
  )
  const found = (data?.experimentMetrics.nodes ?? []).filter(
    ({ id, kind, archivedAt }) =>
      id === value || (!archivedAt && !without.includes(id) && !(withoutRatios && kind === 'RATIO')),
  )
  // At once, before the server has looked through all of them: what is chosen stays where it is when its answer comes.
  const isMeant = (words: readonly string[]) =>
    text
      .toLowerCase()
      .split(/\s+/)
      .every((part) => words.some((word) => word.toLowerCase().includes(part)))
  const shown = stale ? found.filter(({ id, name, event }) => id === value || isMeant([name, event ?? ''])) : found
  const options = shown.map(({ id, name, kind, event }) => ({
    id,
    label: name,
    detail: [words.metricKind[kind], event].filter(Boolean).join(' · '),
  }))
  return (
    <ComboBox
      {...field}
      value={value}
      nothing={text.trim() === '' ? words.noMetric : undefined}
      options={
        chosen && !options.some(({ id }) => id === chosen.id)
          ? [{ id: chosen.id, label: chosen.name }, ...options]
          : options
      }
      onSearch={(next) => setText(options.some(({ label }) => label === next) ? '' : next)}
      onChange={(id) => {
        onChange(id)
        const metric = options.find((option) => option.id === id)
        if (metric) onChoose?.({ id: metric.id, name: metric.label })
      }}
    />
  )
}
