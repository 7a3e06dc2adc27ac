import { useState } from 'react'
import { BarChart } from '../../charts/BarChart.tsx'
import { Failure } from '../../Failure.tsx'
import { graphql } from '../../graphql/index.ts'
import { useLanguage } from '../../language.tsx'
import { goTo, ScreenHeading, useRoute } from '../../route.tsx'
import { useAnswer } from '../../useApi.ts'
import { Calls } from './Calls.tsx'
import { ModelService } from './ModelService.tsx'
import { dollars, type Month, monthBeside, monthOf } from './month.ts'

const SpendingDocument = graphql(`
  query Spending($month: String) {
    aiSpending(month: $month) {
      budgets {
        purpose
        limitMicros
        spentMicros
        reservedMicros
        warnedAt
        stoppedAt
      }
    }
  }
`)

const CostsDocument = graphql(`
  query Costs($from: Date!, $to: Date!) {
    costs(from: $from, to: $to) {
      totalMicros
      days {
        day
        kind
        costMicros
      }
    }
  }
`)

/** What models and mail cost: a month at a time, which stands in the address. */
export function Costs({
  runs,
  may,
}: {
  runs: (plugin: string) => boolean
  /** Whether the person has a permission. */
  may: (permission: string) => boolean
}) {
  const { language, messages } = useLanguage()
  // Calls cost something in between: they are read again, and so is what they come to.
  const [tried, setTried] = useState(0)
  const seesCalls = runs('ai') && may('ai:read')
  const month = monthOf(useRoute().query.get('month'))
  const name = new Intl.DateTimeFormat(language, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    new Date(month.from),
  )
  const turn = (step: 1 | -1) => goTo(`costs?month=${monthBeside(month, step)}`, { replace: true })
  return (
    <>
      <ScreenHeading>{messages.costs.title}</ScreenHeading>
      <div className="row">
        <button type="button" onClick={() => turn(-1)}>
          {messages.costs.previous}
        </button>
        <strong role="status">{name}</strong>
        <button type="button" onClick={() => turn(1)}>
          {messages.costs.next}
        </button>
      </div>
      {runs('ai') && !may('ai:read') && <p className="muted">{messages.costs.forbidden}</p>}
      {seesCalls && <Budgets key={`budgets ${tried}`} month={month} name={name} />}
      {runs('operations') && <Days key={`days ${tried}`} month={month} />}
      {seesCalls && (
        <>
          <ModelService mayConfigure={may('ai:configure')} changed={() => setTried((count) => count + 1)} />
          <Calls key={`calls ${tried}`} />
        </>
      )}
    </>
  )
}

function Budgets({ month, name }: { month: Month; name: string }) {
  const { language, messages } = useLanguage()
  const words = messages.costs
  const { answer, again } = useAnswer(SpendingDocument, { month: month.key })
  return (
    <section aria-labelledby="budgets">
      <h2 id="budgets">{words.month(name)}</h2>
      {answer.state === 'loading' && <p aria-busy="true">{messages.loading}</p>}
      {answer.state === 'failed' && <Failure error={answer.error} again={again} />}
      {answer.state === 'ready' && answer.result.aiSpending.budgets.length === 0 && (
        <p className="muted">{words.nothing}</p>
      )}
      {answer.state === 'ready' &&
        answer.result.aiSpending.budgets.map(
          ({ purpose, limitMicros, spentMicros, reservedMicros, warnedAt, stoppedAt }) => {
            const used = spentMicros + reservedMicros
            return (
              <div key={purpose}>
                <div className="row">
                  <strong>{purpose || words.all}</strong>
                  <span>
                    {typeof limitMicros === 'number'
                      ? words.ofLimit(dollars(used, language), dollars(limitMicros, language))
                      : words.unlimited(dollars(used, language))}
                  </span>
                  {reservedMicros > 0 && (
                    <span className="muted">{words.reserved(dollars(reservedMicros, language))}</span>
                  )}
                  {stoppedAt ? (
                    <span className="bad">{words.stopped}</span>
                  ) : (
                    warnedAt && <span className="bad">{words.warned}</span>
                  )}
                </div>
                {typeof limitMicros === 'number' && (
                  <span className="bar budget" aria-hidden="true">
                    <span style={{ width: `${limitMicros > 0 ? Math.min(100, (used / limitMicros) * 100) : 100}%` }} />
                  </span>
                )}
              </div>
            )
          },
        )}
    </section>
  )
}

function Days({ month }: { month: Month }) {
  const { language, messages } = useLanguage()
  const words = messages.costs
  const { answer, again } = useAnswer(CostsDocument, { from: month.from, to: month.to })
  if (answer.state === 'loading') return <p aria-busy="true">{messages.loading}</p>
  if (answer.state === 'failed') return <Failure error={answer.error} again={again} />
  const { days, totalMicros } = answer.result.costs
  const kinds = ['models', 'mail'] as const
  const of = (day: string, kind: string) =>
    days.reduce((sum, entry) => sum + (entry.day === day && entry.kind === kind ? entry.costMicros : 0), 0)
  const short = new Intl.DateTimeFormat(language, { day: 'numeric', timeZone: 'UTC' })
  const long = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' })
  const spent = month.days.filter((day) => kinds.some((kind) => of(day, kind) > 0))
  return (
    <section aria-labelledby="days">
      <div className="row">
        <h2 id="days">{words.byDay}</h2>
        <span>{messages.pair(words.sum, dollars(totalMicros, language))}</span>
      </div>
      {spent.length === 0 ? (
        <p className="muted">{words.nothing}</p>
      ) : (
        <>
          <BarChart
            bars={month.days.map((day) => ({
              label: short.format(new Date(day)),
              values: kinds.map((kind) => of(day, kind)),
            }))}
            parts={kinds.map((kind) => words[kind])}
            format={(value) => dollars(value, language)}
          />
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached */}
          <section className="table-scroll" tabIndex={0} aria-label={messages.table(words.byDay)}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{words.day}</th>
                  {kinds.map((kind) => (
                    <th scope="col" key={kind} className="number">
                      {words[kind]}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {spent.map((day) => (
                  <tr key={day}>
                    <th scope="row">{long.format(new Date(day))}</th>
                    {kinds.map((kind) => (
                      <td key={kind} className="number">
                        {dollars(of(day, kind), language)}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        </>
      )}
    </section>
  )
}
