import { useState } from 'react'
import { type ApiError, ask } from '../api.ts'
import { Failure } from '../Failure.tsx'
import { graphql } from '../graphql/index.ts'
import { useLanguage } from '../language.tsx'
import { moment } from '../moment.ts'
import { Link, ScreenHeading } from '../route.tsx'
import { useAnswer } from '../useApi.ts'

const MessageDocument = graphql(`
  query MailMessage($id: ID!) {
    mailMessage(id: $id) {
      id
      subject
      toAddress
      toName
      fromAddress
      fromName
      state
      dispatch
      transport
      html
      text
      errorMessage
      queuedAt
      attemptedAt
      sentAt
      suppressedAt
      failedAt
      headers {
        name
        value
      }
      events(first: 50) {
        edges {
          node {
            id
            kind
            actor
            at
          }
        }
      }
    }
  }
`)

const ResendDocument = graphql(`
  mutation ResendMail($id: ID!) {
    resendMail(id: $id) {
      ... on Error {
        message
      }
    }
  }
`)

const CancelDocument = graphql(`
  mutation CancelMail($id: ID!) {
    cancelMail(id: $id) {
      ... on Error {
        message
      }
    }
  }
`)

/** One message: as it is seen, as text, and what became of it. */
export function MailMessage({ id, mayResend }: { id: string; mayResend: boolean }) {
  const { language, messages } = useLanguage()
  const { answer, again } = useAnswer(MessageDocument, { id })
  const [failure, setFailure] = useState<string>()
  const back = <Link to="mail">{messages.mail.back}</Link>
  if (answer.state === 'loading') return <p aria-busy="true">{messages.loading}</p>
  if (answer.state === 'failed' && !answer.error.isGone)
    return (
      <>
        <ScreenHeading>{messages.mail.title}</ScreenHeading>
        <Failure error={answer.error} again={again} />
        {back}
      </>
    )
  const message = answer.state === 'ready' ? answer.result.mailMessage : null
  if (!message)
    return (
      <>
        <ScreenHeading>{messages.mail.title}</ScreenHeading>
        <p>{messages.mail.gone}</p>
        {back}
      </>
    )
  const act = (asked: Promise<{ [field: string]: { message?: string } }>) =>
    asked.then(
      (result) => {
        setFailure(Object.values(result)[0]?.message)
        again()
      },
      (error: ApiError) => setFailure(error.message),
    )
  // The embedded outbox is no provider.
  const isKept = message.transport === 'outbox'
  const course = [
    { kind: 'queued', at: message.queuedAt },
    { kind: 'attempted', at: isKept ? null : message.attemptedAt },
    { kind: 'sent', at: message.sentAt },
    { kind: 'suppressed', at: message.suppressedAt },
    { kind: 'failed', at: message.failedAt },
    ...message.events.edges.map(({ node }) => node),
  ]
    .filter((step): step is typeof step & { at: string } => typeof step.at === 'string')
    .sort((one, other) => one.at.localeCompare(other.at))
  return (
    <>
      {back}
      <ScreenHeading>{message.subject}</ScreenHeading>
      <p className="row">
        <span>
          {messages.mail.from} {address(message.fromName, message.fromAddress)}
        </span>
        <span>
          {messages.mail.to} {address(message.toName, message.toAddress)}
        </span>
        <span className="badge">{messages.mail.states[message.state] ?? message.state}</span>
        {mayResend && ['LOST', 'REFUSED'].includes(message.dispatch) && (
          <button type="button" onClick={() => act(ask(ResendDocument, { id }) as never)}>
            {messages.mail.sendAgain}
          </button>
        )}
        {mayResend && message.dispatch === 'PLANNED' && (
          <button type="button" onClick={() => act(ask(CancelDocument, { id }) as never)}>
            {messages.mail.cancel}
          </button>
        )}
      </p>
      {message.errorMessage && <p className="bad">{message.errorMessage}</p>}
      {failure && (
        <p role="alert" className="bad">
          {failure}
        </p>
      )}
      <section aria-labelledby="seen">
        <h2 id="seen">{messages.mail.asSeen}</h2>
        {/* Nothing in it runs, and nothing in it reaches this page. */}
        <iframe className="mail" sandbox="" srcDoc={message.html} title={message.subject} />
        <details>
          <summary>{messages.mail.asText}</summary>
          <pre>{message.text}</pre>
        </details>
        <details>
          <summary>{messages.mail.headers}</summary>
          <dl>
            {message.headers.map(({ name, value }) => (
              <div key={name} className="row">
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </details>
      </section>
      <section aria-labelledby="course">
        <h2 id="course">{messages.mail.course}</h2>
        <ol className="steps">
          {course.map((step) => (
            <li key={`${step.kind} ${step.at}`} className="row">
              <time dateTime={step.at} className="muted">
                {moment(step.at, language)}
              </time>
              {isKept && step.kind === 'sent' ? messages.mail.kept : (messages.mail.kinds[step.kind] ?? step.kind)}
              {'actor' in step && step.actor && <span className="muted">({messages.mail.actor[step.actor]})</span>}
            </li>
          ))}
        </ol>
      </section>
    </>
  )
}

function address(name: string | null | undefined, address: string): string {
  return name ? `${name} <${address}>` : address
}
