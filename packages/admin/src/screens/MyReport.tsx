import { type FormEvent, useState } from 'react'
import { Failure } from '../Failure.tsx'
import { graphql } from '../graphql/index.ts'
import { useLanguage } from '../language.tsx'
import { Link } from '../route.tsx'
import { useAnswer } from '../useApi.ts'
import { useDeed } from '../useDeed.ts'

const SubscriptionDocument = graphql(`
  query ReportSubscription {
    reportSubscription {
      daily
      at
      timeZone
    }
  }
`)

const SubscribeDocument = graphql(`
  mutation SetReportSubscription($input: ReportSubscriptionInput!) {
    setReportSubscription(input: $input) {
      ... on Error {
        message
      }
    }
  }
`)

const SendDocument = graphql(`
  mutation SendDailyReport {
    sendDailyReport {
      ... on Error {
        message
      }
    }
  }
`)

const ReportDocument = graphql(`
  query DailyReport {
    dailyReport {
      sections {
        name
        heading
        items {
          text
          link
        }
      }
    }
  }
`)

/** When one's own daily report comes, and what it would say now. */
export function MyReport() {
  const { messages } = useLanguage()
  const words = messages.notifications
  const { answer, again } = useAnswer(SubscriptionDocument, {})
  const [done, setDone] = useState<string>()
  const { act: keep, busy, failure } = useDeed(() => setDone(words.kept))
  const { act: send, busy: sending, failure: notSent } = useDeed(() => setDone(words.onItsWay))
  const [open, setOpen] = useState(false)
  if (answer.state === 'loading') return <p aria-busy="true">{messages.loading}</p>
  if (answer.state === 'failed') return <Failure error={answer.error} again={again} />
  const { daily, at, timeZone } = answer.result.reportSubscription
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    setDone(undefined)
    const form = new FormData(event.currentTarget)
    keep(SubscribeDocument, {
      input: { daily: form.has('daily'), at: String(form.get('at')), timeZone: String(form.get('timeZone')) },
    })
  }
  return (
    <section aria-labelledby="report">
      <h2 id="report">{words.report}</h2>
      <form className="row" onSubmit={submit}>
        <label>
          <input type="checkbox" name="daily" defaultChecked={daily} /> {words.daily}
        </label>
        <label>
          {words.at} <input type="time" name="at" required defaultValue={at} />
        </label>
        <label>
          {words.timeZone}{' '}
          <select name="timeZone" defaultValue={timeZone}>
            {[...new Set([timeZone, 'UTC', ...Intl.supportedValuesOf('timeZone')])].map((zone) => (
              <option key={zone}>{zone}</option>
            ))}
          </select>
        </label>
        <button type="submit" className="primary" disabled={busy}>
          {words.keep}
        </button>
        <button type="button" disabled={sending} onClick={() => send(SendDocument, {})}>
          {words.sendNow}
        </button>
      </form>
      {done && <p role="status">{done}</p>}
      {(failure ?? notSent) && (
        <p role="alert" className="bad">
          {failure ?? notSent}
        </p>
      )}
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{words.today}</summary>
        {open && <Today />}
      </details>
    </section>
  )
}

function Today() {
  const { messages } = useLanguage()
  const { answer, again } = useAnswer(ReportDocument, {})
  if (answer.state === 'loading') return <p aria-busy="true">{messages.loading}</p>
  if (answer.state === 'failed') return <Failure error={answer.error} again={again} />
  const { sections } = answer.result.dailyReport
  if (sections.length === 0) return <p className="muted">{messages.notifications.nothing}</p>
  return sections.map(({ name, heading, items }) => (
    <div key={name}>
      <h3>{heading}</h3>
      <ul>
        {items.map(({ text, link }) => (
          <li key={text}>{link ? <Link to={link.replace(/^.*\/admin\/|^\//, '')}>{text}</Link> : text}</li>
        ))}
      </ul>
    </div>
  ))
}
