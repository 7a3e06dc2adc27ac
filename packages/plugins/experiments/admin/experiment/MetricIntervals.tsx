import {
  Badge,
  type Format,
  IntervalChart,
  type IntervalRow,
  Link,
  plainId,
  Section,
  ShareBar,
  Stack,
  useFormat,
  useMessages,
} from '@espalier/admin-kit'
import { messages as shared } from '../messages.ts'
import { useMeanFormat, writeChance, writeLift, writeP } from '../metricFormat.ts'
import { metricPage } from '../pages.ts'
import type { ShownExperiment } from './Experiment.tsx'
import { messages } from './messages.ts'
import { colorOf } from './variantColor.ts'

type OfMetric = ShownExperiment['results']['metrics'][number]

/** One metric: what each variant did against the control, as intervals on one axis, and how likely each is the best. */
export function MetricIntervals({ experiment, of }: { experiment: ShownExperiment; of: OfMetric }) {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const format = useFormat()
  const meanOf = useMeanFormat()(of.metric)
  const { confidence, plannedReached } = experiment.results
  const level = writeLevel(format, confidence)
  const shown = of.variants.filter(({ exposures, variant }) => exposures > 0 || !variant.retiredAt)
  const rows = shown.map(({ variant, exposures, mean, comparison }, index): IntervalRow => {
    const subjects = words.visitors(format.number(exposures))
    const pValue = plannedReached ? comparison?.fixed.adjustedPValue : comparison?.sequential.adjustedPValue
    return {
      id: variant.id,
      label: (
        <>
          {variant.name} {variant.retiredAt && <Badge>{m.retired}</Badge>}
        </>
      ),
      detail: mean == null ? subjects : m.meanOf(meanOf(mean), subjects),
      color: colorOf(experiment.variants, variant.key),
      estimate: comparison?.relativeLift ?? null,
      interval: intervalOf(comparison, plannedReached),
      ...(index === 0 ? { note: m.compared } : {}),
      cells: [
        comparison?.chanceToWin == null ? undefined : writeChance(format, comparison.chanceToWin),
        comparison?.expectedLoss == null ? undefined : meanOf(comparison.expectedLoss),
        pValue == null ? undefined : writeP(format, pValue),
      ],
    }
  })
  const chances = shown.filter(({ chanceToBeBest }) => typeof chanceToBeBest === 'number')
  return (
    <Section
      title={
        <Link to={metricPage} params={{ id: plainId(of.metric.id) }}>
          {of.metric.name}
        </Link>
      }
      badge={<Badge tone={of.role === 'GOAL' ? 'positive' : 'neutral'}>{words.role[of.role]}</Badge>}
      lead={`${of.role === 'GUARDRAIL' ? m.mustNot : ''} ${of.metric.higherIsBetter ? m.higherIsBetter : m.lowerIsBetter}`.trim()}
    >
      <Stack gap={4}>
        <IntervalChart
          label={of.metric.name}
          name={words.variant}
          interval={m.lift(level)}
          rows={rows}
          formatValue={(lift) => writeLift(format, lift)}
          higherIsBetter={of.metric.higherIsBetter}
          columns={[words.chanceToWin, m.expectedLoss, m.pValue]}
        />
        <p className="e-small e-muted">{m.expectedLossMeans}</p>
        {of.role === 'GOAL' && chances.length > 2 && (
          <ShareBar
            label={m.chanceHelp}
            parts={chances.map(({ variant, chanceToBeBest }) => ({
              id: variant.id,
              label: variant.name,
              value: chanceToBeBest ?? 0,
              color: colorOf(experiment.variants, variant.key),
            }))}
            formatValue={() => ''}
          />
        )}
      </Stack>
    </Section>
  )
}

/** A level of confidence: 95 %, 99.9 %. */
export function writeLevel(format: Format, confidence: number): string {
  return format.percent(confidence, Number.isInteger(Math.round(confidence * 1000) / 10) ? 0 : 1)
}

/** The interval that may be looked at now: the one of a single look only once the planned size is reached. */
export function intervalOf(
  comparison: OfMetric['variants'][number]['comparison'],
  plannedReached: boolean,
): { lower: number; upper: number } | null {
  if (!comparison) return null
  return (plannedReached ? comparison.relativeInterval : comparison.sequential.relativeInterval) ?? null
}
