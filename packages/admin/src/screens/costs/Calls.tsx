import { useState } from 'react'
import { Failure } from '../../Failure.tsx'
import { graphql } from '../../graphql/index.ts'
import { useLanguage } from '../../language.tsx'
import { moment } from '../../moment.ts'
import { useAnswer } from '../../useApi.ts'
import { usePages } from '../../usePages.ts'
import { dollars } from './month.ts'

const CallsDocument = graphql(`
  query ModelCalls($after: String) {
    aiCalls(first: 20, after: $after) {
      edges {
        node {
          id
          purpose
          model
          status
          errorMessage
          inputTokens
          outputTokens
          costMicros
          latencyMs
          cacheHit
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

const CallDocument = graphql(`
  query ModelCall($id: ID!) {
    aiCall(id: $id) {
      messages {
        role
        content
      }
      response
    }
  }
`)

/** The ledger of calls to models, the latest first; one opens with what was said. */
export function Calls() {
  const { language, messages } = useLanguage()
  const words = messages.costs
  const list = usePages(CallsDocument, {}, ({ aiCalls }) => aiCalls)
  const number = new Intl.NumberFormat(language)
  return (
    <section aria-labelledby="calls">
      <h2 id="calls">{words.calls}</h2>
      {list.state === 'loading' && <p aria-busy="true">{messages.loading}</p>}
      {list.error && <Failure error={list.error} again={list.again} />}
      {list.state === 'ready' && list.nodes.length === 0 && <p className="muted">{words.noCalls}</p>}
      <ol className="steps">
        {list.nodes.map((call) => (
          <li key={call.id} className={`notification ${call.status === 'FAILED' ? 'critical' : ''}`}>
            <div className="row">
              <time dateTime={call.createdAt} className="muted">
                {moment(call.createdAt, language)}
              </time>
              <strong>{call.purpose}</strong>
              <span>{call.model}</span>
              <span className="badge">{words.status[call.status] ?? call.status}</span>
              {typeof call.inputTokens === 'number' && (
                <span className="muted">
                  {messages.pair(
                    words.tokens,
                    `${number.format(call.inputTokens)} → ${number.format(call.outputTokens ?? 0)}`,
                  )}
                </span>
              )}
              <span>
                {call.cacheHit
                  ? words.cached
                  : typeof call.costMicros === 'number'
                    ? dollars(call.costMicros, language)
                    : words.unpriced}
              </span>
              {typeof call.latencyMs === 'number' && (
                <span className="muted">{number.format(call.latencyMs / 1000)} s</span>
              )}
            </div>
            {call.errorMessage && <p className="bad">{call.errorMessage}</p>}
            <Said id={call.id} />
          </li>
        ))}
      </ol>
      {list.more && (
        <button type="button" onClick={list.more}>
          {words.more}
        </button>
      )}
    </section>
  )
}

/** What was asked and answered: fetched when it is opened, for it may be long. */
function Said({ id }: { id: string }) {
  const { messages } = useLanguage()
  const [open, setOpen] = useState(false)
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{messages.costs.asked}</summary>
      {open && <Content id={id} />}
    </details>
  )
}

function Content({ id }: { id: string }) {
  const { messages } = useLanguage()
  const { answer, again } = useAnswer(CallDocument, { id })
  if (answer.state === 'loading') return <p aria-busy="true">{messages.loading}</p>
  if (answer.state === 'failed') return <Failure error={answer.error} again={again} />
  const call = answer.result.aiCall
  return (
    <>
      {call?.messages.map(({ role, content }) => (
        <div key={`${role} ${content.slice(0, 40)}`}>
          <Text of={messages.costs.roles[role] ?? role}>{content}</Text>
        </div>
      ))}
      {call?.response && <Text of={messages.costs.answered}>{call.response}</Text>}
    </>
  )
}

/** May be long: it scrolls by itself. */
function Text({ of, children }: { of: string; children: string }) {
  return (
    <>
      <strong>{of}</strong>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached */}
      <section className="said" tabIndex={0} aria-label={of}>
        <pre>{children}</pre>
      </section>
    </>
  )
}
