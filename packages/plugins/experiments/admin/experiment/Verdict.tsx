import {
  Button,
  ButtonLink,
  Card,
  Meter,
  Note,
  plainId,
  Row,
  Stack,
  type Tone,
  useFormat,
  useMessages,
  useViewer,
} from '@espalier/admin-kit'
import { experimentPage } from '../pages.ts'
import { messages as deedWords } from './actions/messages.ts'
import type { Deeds } from './actions/useDeeds.tsx'
import type { ShownExperiment } from './Experiment.tsx'
import { messages } from './messages.ts'

/** What to do with it, in a sentence, why, and the button that does it. */
export function Verdict({ experiment, deeds }: { experiment: ShownExperiment; deeds: Deeds }) {
  const m = useMessages(messages)
  const format = useFormat()
  const viewer = useViewer()
  const words = useMessages(deedWords)
  const { tone, title, why } = useAdvice(experiment)
  const { verdict, status, stopsAt } = experiment
  const may = viewer.may('experiments:write')
  const decided = status === 'RUNNING' || status === 'PAUSED'
  const state = decided ? verdict?.state : undefined
  return (
    <Note
      tone={tone}
      title={title}
      actions={
        may && (
          <>
            {(state === 'WINNER' || state === 'LOSER') && (
              <Button variant="primary" busy={deeds.busy} onPress={deeds.applyVerdict}>
                {words.apply(deeds.nameOf(verdict?.variant ?? null))}
              </Button>
            )}
            {state === 'INCONCLUSIVE' && (
              <Button variant="primary" busy={deeds.busy} onPress={() => deeds.open('end')}>
                {words.end}
              </Button>
            )}
            {status === 'DRAFT' && (
              <Button variant="primary" busy={deeds.busy} onPress={deeds.start}>
                {words.start}
              </Button>
            )}
            {status === 'PAUSED' && (
              <Button variant="primary" busy={deeds.busy} onPress={deeds.resume}>
                {words.resume}
              </Button>
            )}
          </>
        )
      }
    >
      <Stack gap={2}>
        <p>{why}</p>
        {decided && verdict?.reachedAt && (
          <p className="e-small e-muted">{m.reached(format.date(verdict.reachedAt))}</p>
        )}
        {status === 'RUNNING' && stopsAt && <p className="e-small e-muted">{m.stopsOn(format.dateTime(stopsAt))}</p>}
        {state === 'UNHEALTHY' && (
          <Row>
            <ButtonLink
              to={experimentPage}
              params={{ id: plainId(experiment.id) }}
              search={{ tab: 'health' }}
              size="small"
            >
              {m.causes}
            </ButtonLink>
          </Row>
        )}
        {deeds.problem && <p role="alert">{deeds.problem.message}</p>}
      </Stack>
    </Note>
  )
}

/** What is still missing before it may be decided, drawn. Nothing where nothing is. */
export function Missing({ experiment }: { experiment: ShownExperiment }) {
  const m = useMessages(messages)
  const { number } = useFormat()
  const { verdict, variants } = experiment
  if (verdict?.state !== 'COLLECTING' || experiment.status !== 'RUNNING') return null
  const nameOf = (key: unknown) => variants.find((variant) => variant.key === key)?.name ?? String(key ?? '')
  const meters = verdict.reasons.flatMap(({ code, values }, index) => {
    const { variant, have, need, days } = values as Record<string, unknown>
    const label = {
      TOO_FEW_SUBJECTS: m.subjectsOf(nameOf(variant)),
      TOO_FEW_CLICKS: m.clicksOf(nameOf(variant)),
      TOO_FEW_CONVERSIONS: m.conversionsOf(nameOf(variant)),
      TOO_EARLY: m.daysRun,
    }[code]
    const value = code === 'TOO_EARLY' ? days : have
    return label && typeof value === 'number' && typeof need === 'number'
      ? [{ id: `${code} ${index}`, label, value, need }]
      : []
  })
  if (meters.length === 0) return null
  return (
    <Card title={m.progress}>
      <div className="x-meters">
        {meters.map(({ id, label, value, need }) => (
          <Meter
            key={id}
            label={label}
            value={value}
            max={need}
            valueLabel={m.have(number(value, need < 100 ? 1 : 0), number(need))}
          />
        ))}
      </div>
    </Card>
  )
}

function useAdvice(experiment: ShownExperiment): { tone: Tone; title: string; why: string } {
  const m = useMessages(messages)
  const { dateTime } = useFormat()
  const { status, verdict, winner, variants, kind, startsAt } = experiment
  const nameOf = (key: string | null | undefined) => variants.find((variant) => variant.key === key)?.name ?? key ?? ''
  if (status === 'DRAFT')
    return { tone: 'neutral', title: m.draft, why: startsAt ? m.scheduled(dateTime(startsAt)) : m.draftWhy }
  if (status === 'ARCHIVED') return { tone: 'neutral', title: m.archived, why: m.archivedWhy }
  if (status === 'COMPLETED')
    return winner
      ? { tone: 'positive', title: m.everybody(nameOf(winner)), why: verdict?.reason ?? '' }
      : { tone: 'neutral', title: m.ended, why: verdict?.reason || m.endedWhy }
  if (kind === 'HOLDOUT' && status === 'RUNNING') return { tone: 'info', title: m.holdout, why: m.holdoutWhy }
  if (!verdict) return { tone: 'neutral', title: m.collecting, why: '' }
  const choose = nameOf(verdict.variant)
  const why = verdict.reason
  if (verdict.state === 'WINNER') return { tone: 'positive', title: m.winner(choose), why }
  if (verdict.state === 'LOSER') return { tone: 'warning', title: m.loser(choose), why }
  if (verdict.state === 'UNHEALTHY') return { tone: 'critical', title: m.unhealthy, why }
  if (verdict.state === 'INCONCLUSIVE') return { tone: 'neutral', title: m.inconclusive, why }
  if (status === 'PAUSED') return { tone: 'warning', title: m.paused, why: m.pausedWhy }
  return { tone: 'info', title: m.collecting, why }
}
