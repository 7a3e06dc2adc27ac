import {
  Button,
  Columns,
  type FormState,
  LineChart,
  type LineSeries,
  Note,
  NumberField,
  numberAxis,
  Row,
  Section,
  SegmentedControl,
  Stack,
  useFormat,
  useMessages,
  useQuery,
} from '@espalier/admin-kit'
import { useState } from 'react'
import type { ExperimentSizesQueryVariables } from '../graphql/graphql.ts'
import { graphql } from '../graphql/index.ts'
import type { ExperimentValues } from './experimentValues.ts'
import { messages } from './messages.ts'
import { type Expectation, liftsAround, sizeInput } from './powerInput.ts'

const SizesDocument = graphql(`
  query ExperimentSizes(
    $a: ExperimentSizeInput!
    $b: ExperimentSizeInput!
    $c: ExperimentSizeInput!
    $d: ExperimentSizeInput!
    $e: ExperimentSizeInput!
    $f: ExperimentSizeInput!
    $g: ExperimentSizeInput!
    $h: ExperimentSizeInput!
    $i: ExperimentSizeInput!
  ) {
    a: experimentSize(input: $a) {
      ...Size
    }
    b: experimentSize(input: $b) {
      ...Size
    }
    c: experimentSize(input: $c) {
      ...Size
    }
    d: experimentSize(input: $d) {
      ...Size
    }
    e: experimentSize(input: $e) {
      ...Size
    }
    f: experimentSize(input: $f) {
      ...Size
    }
    g: experimentSize(input: $g) {
      ...Size
    }
    h: experimentSize(input: $h) {
      ...Size
    }
    i: experimentSize(input: $i) {
      ...Size
    }
  }

  fragment Size on ExperimentSize {
    subjects
    sequentialSubjects
    days
    sequentialDays
  }
`)

const letters = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'] as const

/** What a page did lately, for the fields that nobody has filled in. */
export interface Traffic {
  readonly baseline: number | null
  readonly perDay: number | null
  /** Over how many days it was counted. */
  readonly days: number
}

/** How long it takes to find a lift, and what a smaller one would take: said in a sentence, and drawn as a curve. */
export function Power({ form, traffic }: { form: FormState<ExperimentValues>; traffic: Traffic | undefined }) {
  const m = useMessages(messages)
  const format = useFormat()
  const { variants, rules, coverage } = form.watch()
  const [typed, setTyped] = useState<{
    baseline?: number | null
    perDay?: number | null
    mean?: number | null
    deviation?: number | null
    lift: number | null
    power: number
    of: 'rate' | 'mean'
  }>({
    lift: 0.1,
    power: 0.8,
    of: 'rate',
  })
  const isMean = typed.of === 'mean'
  const rate = typed.baseline === undefined ? (traffic?.baseline ?? null) : typed.baseline
  const perDay = typed.perDay === undefined ? (traffic?.perDay ?? null) : typed.perDay
  const expected: Expectation = {
    ...(isMean ? { baseline: typed.mean ?? null, deviation: typed.deviation ?? null } : { baseline: rate }),
    // Of those who come, only a share takes part.
    perDay: perDay === null ? null : perDay * (coverage ?? 1),
    lift: typed.lift,
    power: typed.power,
    variants: variants.length,
    confidence: rules.confidence,
  }
  const asked = sizeInput(expected, typed.lift)
  const lifts = asked ? liftsAround(asked.lift, isMean ? undefined : asked.baseline) : []
  const query = useQuery(SizesDocument, variablesOf(expected, lifts), { pause: !asked, keep: true })
  const sizes = query.data ? lifts.map((lift, index) => ({ lift, size: query.data?.[letters[index] ?? 'a'] })) : []
  const size = sizes.find(({ lift }) => lift === asked?.lift)?.size
  const percent = { style: 'percent', maximumFractionDigits: 2 } as const
  return (
    <Section title={m.size} lead={m.sizeLead}>
      <SegmentedControl
        label={m.sizeOf}
        value={typed.of}
        options={[
          { id: 'rate', label: m.sizeOfRate },
          { id: 'mean', label: m.sizeOfMean },
        ]}
        onChange={(of) => setTyped({ ...typed, of })}
      />
      <Columns min="11rem">
        {isMean ? (
          <>
            <NumberField
              label={m.meanToday}
              hint={m.meanHint}
              value={typed.mean ?? null}
              min={0}
              onChange={(mean) => setTyped({ ...typed, mean })}
            />
            <NumberField
              label={m.deviation}
              hint={m.deviationHint}
              value={typed.deviation ?? null}
              min={0}
              onChange={(deviation) => setTyped({ ...typed, deviation })}
            />
          </>
        ) : (
          <NumberField
            label={m.baseline}
            {...(traffic?.baseline != null && typed.baseline === undefined
              ? { hint: m.fromPage(format.number(traffic.days)) }
              : {})}
            value={rate}
            min={0}
            max={0.99}
            step={0.0005}
            format={percent}
            onChange={(next) => setTyped({ ...typed, baseline: next })}
          />
        )}
        <NumberField
          label={m.perDay}
          value={perDay}
          min={1}
          onChange={(next) => setTyped({ ...typed, perDay: next })}
          format={{ maximumFractionDigits: 0 }}
        />
        <NumberField
          label={m.least}
          hint={m.leastHint}
          value={typed.lift}
          min={0}
          max={10}
          step={0.005}
          format={percent}
          onChange={(lift) => setTyped({ ...typed, lift })}
        />
        <NumberField
          label={m.power}
          value={typed.power}
          min={0.5}
          max={0.99}
          step={0.05}
          format={percent}
          onChange={(power) => setTyped({ ...typed, power: power ?? 0.8 })}
        />
      </Columns>
      {!asked || perDay === null ? (
        <p className="e-muted">{m.fill}</p>
      ) : (
        <Stack gap={3}>
          <div className="x-answer" role="status">
            {size &&
              (size.days == null || size.subjects == null ? (
                <Note tone="warning">{m.noAnswer}</Note>
              ) : (
                <Note
                  tone={size.days > 60 ? 'warning' : 'info'}
                  title={m.answer(format.number(size.days), format.number(size.subjects))}
                >
                  {size.days > 60
                    ? m.long
                    : size.sequentialDays != null && m.answerSequential(format.number(size.sequentialDays))}
                </Note>
              ))}
          </div>
          <LineChart
            label={m.curve}
            axis={numberAxis((lift) => format.change(lift, lift < 0.1 ? 1 : 0))}
            series={curvesOf(sizes, { once: m.once, anytime: m.anytime })}
            formatValue={(days) => format.number(days)}
            whole
            height={200}
          />
          {size?.subjects != null && (
            <Row>
              {rules.plannedSubjects === size.subjects ? (
                <p>{m.planned(format.number(size.subjects))}</p>
              ) : (
                <Button
                  size="small"
                  onPress={() => form.field('rules.plannedSubjects').onChange(size.subjects ?? null)}
                >
                  {m.plan}
                </Button>
              )}
            </Row>
          )}
        </Stack>
      )}
    </Section>
  )
}

/** Nine questions in one; fewer lifts ask the last one again. */
function variablesOf(expected: Expectation, lifts: readonly number[]): ExperimentSizesQueryVariables {
  const input = (index: number) =>
    sizeInput(expected, lifts[Math.min(index, lifts.length - 1)] ?? null) ?? { baseline: 0.05, lift: 0.1 }
  const [a, b, c, d, e, f, g, h, i] = letters.map((_, index) => input(index))
  return { a, b, c, d, e, f, g, h, i } as ExperimentSizesQueryVariables
}

function curvesOf(
  sizes: readonly { lift: number; size: { days?: number | null; sequentialDays?: number | null } | undefined }[],
  words: { readonly once: string; readonly anytime: string },
): LineSeries[] {
  return [
    {
      id: 'once',
      label: words.once,
      color: 1,
      points: sizes.map(({ lift, size }) => ({ at: lift, value: size?.days ?? null })),
    },
    {
      id: 'anytime',
      label: words.anytime,
      color: 2,
      points: sizes.map(({ lift, size }) => ({ at: lift, value: size?.sequentialDays ?? null })),
    },
  ]
}
