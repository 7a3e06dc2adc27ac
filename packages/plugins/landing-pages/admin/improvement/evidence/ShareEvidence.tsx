import { DescriptionList, Meter, Stack, useFormat, useLanguage, useMessages } from '@espalier/admin-kit'
import type * as v from 'valibot'
import { evidenceMessages } from './messages.ts'
import type { evidence } from './read.ts'

/** A share that grew or shrank, and what for. */
export function ShareEvidence({ of }: { of: v.InferOutput<typeof evidence.share> }) {
  const m = useMessages(evidenceMessages)
  const { number, percent } = useFormat()
  const { from, to, visitors, need, chanceToBeatControl, objections } = of
  return (
    <Stack gap={3}>
      <Meter label={m.shareBefore} value={from} max={1} valueLabel={percent(from, 0)} tone="neutral" />
      <Meter
        label={m.shareAfter}
        value={to}
        max={1}
        valueLabel={percent(to, 0)}
        tone={to > from ? 'positive' : 'warning'}
      />
      <Meter
        label={m.chanceBeats}
        value={chanceToBeatControl}
        max={1}
        marks={[0.5]}
        valueLabel={percent(chanceToBeatControl)}
        tone={chanceToBeatControl >= 0.5 ? 'positive' : 'warning'}
      />
      <DescriptionList
        items={[
          typeof need === 'number'
            ? [m.visitorsNeeded, m.visitorsOf(number(visitors), number(need))]
            : [m.visitors, number(visitors)],
        ]}
      />
      <Objections of={objections} />
    </Stack>
  )
}

/** A share that stays, though it was earned, and what speaks against more. */
export function HeldEvidence({ of: { from, side, objections } }: { of: v.InferOutput<typeof evidence.held> }) {
  const m = useMessages(evidenceMessages)
  const { number, percent } = useFormat()
  return (
    <Stack gap={3}>
      <Objections of={objections} />
      <DescriptionList
        items={[
          [m.share, percent(from, 0)],
          [m.visitors, number(side.exposures)],
          [m.conversions, number(side.conversions)],
          [m.bounces, m.ofSessions(number(side.bounces), number(side.sessions))],
        ]}
      />
    </Stack>
  )
}

/** What a new variant begins with. */
export function IntroductionEvidence({ of: { share, origin } }: { of: v.InferOutput<typeof evidence.introduction> }) {
  const m = useMessages(evidenceMessages)
  const { percent } = useFormat()
  return (
    <Stack gap={3}>
      <Meter label={m.share} value={share} max={1} valueLabel={percent(share, 0)} tone="info" />
      <DescriptionList items={[[m.madeBy, m.generators[origin] ?? origin]]} />
    </Stack>
  )
}

function Objections({ of }: { of: v.InferOutput<typeof evidence.share>['objections'] }) {
  const m = useMessages(evidenceMessages)
  const { language } = useLanguage()
  if (of.length === 0) return null
  return (
    <div>
      <p>{m.objections}</p>
      <ul>
        {of.map((objection) => (
          <li key={objection.en}>{objection[language]}</li>
        ))}
      </ul>
    </div>
  )
}
