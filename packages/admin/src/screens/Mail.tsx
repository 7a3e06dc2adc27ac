import { useDeferredValue } from 'react'
import { Failure } from '../Failure.tsx'
import type { MailState } from '../graphql/graphql.ts'
import { graphql } from '../graphql/index.ts'
import { useLanguage } from '../language.tsx'
import { moment } from '../moment.ts'
import { goTo, Link, ScreenHeading, useRoute } from '../route.tsx'
import { useAnswer } from '../useApi.ts'
import { usePages } from '../usePages.ts'

const StatusDocument = graphql(`
  query MailStatus {
    mailStatus {
      transport
      perSecond
      heldUntil
      waiting
      unknown
      problem
    }
  }
`)

const MessagesDocument = graphql(`
  query MailMessages($after: String, $filter: MailMessageFilter) {
    mailMessages(first: 25, after: $after, filter: $filter) {
      edges {
        node {
          id
          toAddress
          subject
          state
          queuedAt
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`)

const SuppressionsDocument = graphql(`
  query MailSuppressions($after: String) {
    mailSuppressions(first: 10, after: $after) {
      edges {
        node {
          id
          address
          topic
          reason
          createdAt
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`)

/** What was written to whom, what became of it, and who is not written to. */
export function Mail() {
  const { messages } = useLanguage()
  return (
    <>
      <ScreenHeading>{messages.mail.title}</ScreenHeading>
      <Status />
      <Messages />
      <Suppressions />
    </>
  )
}

function Status() {
  const { language, messages } = useLanguage()
  const { answer, again } = useAnswer(StatusDocument, {})
  if (answer.state === 'loading') return <p aria-busy="true">{messages.loading}</p>
  if (answer.state === 'failed') return <Failure error={answer.error} again={again} />
  const { transport, perSecond, heldUntil, waiting, unknown, problem } = answer.result.mailStatus
  return (
    <p className="row">
      <span>{messages.mail.leavesBy[transport] ?? transport}</span>
      {typeof perSecond === 'number' && (
        <span className="muted">{messages.mail.rate(new Intl.NumberFormat(language).format(perSecond))}</span>
      )}
      {waiting > 0 && <span>{messages.mail.waiting(waiting)}</span>}
      {unknown > 0 && <span className="bad">{messages.mail.unknown(unknown)}</span>}
      {heldUntil && <span className="bad">{messages.mail.held(moment(heldUntil, language))}</span>}
      {problem && <span className="bad">{problem}</span>}
    </p>
  )
}

/** Filters stand in the address, so that a list can be linked. */
function Messages() {
  const { language, messages } = useLanguage()
  const { query } = useRoute()
  const state = query.get('state') ?? ''
  const search = useDeferredValue(query.get('search') ?? '')
  const list = usePages(
    MessagesDocument,
    { filter: { ...(state && { state: [state as MailState] }), ...(search && { search }) } },
    ({ mailMessages }) => mailMessages,
  )
  const filterBy = (name: string, value: string) => {
    const next = new URLSearchParams(query)
    if (value) next.set(name, value)
    else next.delete(name)
    goTo(`mail?${next}`, { replace: true })
  }
  return (
    <section aria-labelledby="messages">
      <h2 id="messages">{messages.mail.outbox}</h2>
      <search className="row">
        <input
          type="search"
          aria-label={messages.mail.search}
          placeholder={messages.mail.search}
          value={query.get('search') ?? ''}
          onChange={(event) => filterBy('search', event.target.value)}
        />
        <label>
          <span className="visually-hidden">{messages.mail.state}</span>
          <select value={state} onChange={(event) => filterBy('state', event.target.value)}>
            <option value="">{messages.mail.anyState}</option>
            {Object.entries(messages.mail.states).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </label>
      </search>
      {list.state === 'loading' && <p aria-busy="true">{messages.loading}</p>}
      {list.error && <Failure error={list.error} again={list.again} />}
      {list.state === 'ready' && list.nodes.length === 0 && (
        <p className="muted">{state || search ? messages.mail.noneFits : messages.mail.none}</p>
      )}
      {list.nodes.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached
        <section className="table-scroll" tabIndex={0} aria-label={messages.table(messages.mail.outbox)}>
          <table>
            <thead>
              <tr>
                <th scope="col">{messages.mail.subject}</th>
                <th scope="col">{messages.mail.to}</th>
                <th scope="col">{messages.mail.state}</th>
                <th scope="col">{messages.mail.when}</th>
              </tr>
            </thead>
            <tbody>
              {list.nodes.map(({ id, subject, toAddress, state, queuedAt }) => (
                <tr key={id}>
                  <th scope="row">
                    <Link to={`mail/${encodeURIComponent(id)}`}>{subject}</Link>
                  </th>
                  <td>{toAddress}</td>
                  <td>{messages.mail.states[state] ?? state}</td>
                  <td>{moment(queuedAt, language)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {list.more && (
        <button type="button" onClick={list.more}>
          {messages.mail.more}
        </button>
      )}
    </section>
  )
}

function Suppressions() {
  const { language, messages } = useLanguage()
  const list = usePages(SuppressionsDocument, {}, ({ mailSuppressions }) => mailSuppressions)
  return (
    <section aria-labelledby="suppressions">
      <h2 id="suppressions">{messages.mail.suppressions}</h2>
      {list.state === 'loading' && <p aria-busy="true">{messages.loading}</p>}
      {list.error && <Failure error={list.error} again={list.again} />}
      {list.state === 'ready' && list.nodes.length === 0 && <p className="muted">{messages.mail.noSuppressions}</p>}
      {list.nodes.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached
        <section className="table-scroll" tabIndex={0} aria-label={messages.table(messages.mail.suppressions)}>
          <table>
            <thead>
              <tr>
                <th scope="col">{messages.mail.address}</th>
                <th scope="col">{messages.mail.topic}</th>
                <th scope="col">{messages.mail.reason}</th>
                <th scope="col">{messages.mail.when}</th>
              </tr>
            </thead>
            <tbody>
              {list.nodes.map(({ id, address, topic, reason, createdAt }) => (
                <tr key={id}>
                  <th scope="row">{address ?? <span className="muted">{messages.mail.erased}</span>}</th>
                  <td>{topic || messages.mail.everything}</td>
                  <td>{messages.mail.reasons[reason] ?? reason}</td>
                  <td>{moment(createdAt, language)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {list.more && (
        <button type="button" onClick={list.more}>
          {messages.mail.more}
        </button>
      )}
    </section>
  )
}
