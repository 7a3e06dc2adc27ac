import { Failure } from '../Failure.tsx'
import { graphql } from '../graphql/index.ts'
import { useLanguage } from '../language.tsx'
import { moment } from '../moment.ts'
import { ScreenHeading } from '../route.tsx'
import { useDeed } from '../useDeed.ts'
import { usePages } from '../usePages.ts'
import { FailedJobs } from './FailedJobs.tsx'

const AlertsDocument = graphql(`
  query Alerts($after: String) {
    alerts(first: 25, after: $after) {
      edges {
        node {
          id
          status
          cause
          openedAt
          acknowledgedBy
          resolvedAt
          resolvedBy
          rule {
            name
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`)

const AcknowledgeDocument = graphql(`
  mutation AcknowledgeAlert($id: ID!) {
    acknowledgeAlert(id: $id) {
      ... on Error {
        message
      }
    }
  }
`)

const ResolveDocument = graphql(`
  mutation ResolveAlert($id: ID!) {
    resolveAlert(id: $id) {
      ... on Error {
        message
      }
    }
  }
`)

/** What is or was wrong: alerts of rules, and work that failed. */
export function Alerts({ mayDecide }: { mayDecide: boolean }) {
  const { language, messages } = useLanguage()
  const words = messages.alerts
  const list = usePages(AlertsDocument, {}, ({ alerts }) => alerts)
  const { act, busy, failure } = useDeed(list.again)
  return (
    <>
      <ScreenHeading>{words.title}</ScreenHeading>
      <section aria-label={words.title}>
        {failure && (
          <p role="alert" className="bad">
            {failure}
          </p>
        )}
        {list.state === 'loading' && <p aria-busy="true">{messages.loading}</p>}
        {list.error && <Failure error={list.error} again={list.again} />}
        {list.state === 'ready' && list.nodes.length === 0 && <p className="muted">{words.none}</p>}
        <ol className="steps">
          {list.nodes.map(({ id, status, cause, openedAt, acknowledgedBy, resolvedAt, resolvedBy, rule }) => (
            <li key={id} className={`notification ${status === 'OPEN' ? 'critical' : ''}`}>
              <div className="row">
                <strong>{rule.name}</strong>
                <span className="badge">{words.status[status] ?? status}</span>
                <time dateTime={openedAt} className="muted">
                  {moment(openedAt, language)}
                  {resolvedAt && ` – ${moment(resolvedAt, language)}`}
                </time>
                {(resolvedBy ?? acknowledgedBy) && (
                  <span className="muted">{words.byHand(resolvedBy ?? acknowledgedBy ?? '')}</span>
                )}
                {mayDecide && status === 'OPEN' && (
                  <button type="button" disabled={busy} onClick={() => act(AcknowledgeDocument, { id })}>
                    {words.acknowledge}
                  </button>
                )}
                {mayDecide && status !== 'RESOLVED' && (
                  <button type="button" disabled={busy} onClick={() => act(ResolveDocument, { id })}>
                    {words.resolve}
                  </button>
                )}
              </div>
              <p>{cause}</p>
            </li>
          ))}
        </ol>
        {list.more && (
          <button type="button" onClick={list.more}>
            {words.more}
          </button>
        )}
      </section>
      <FailedJobs mayDecide={mayDecide} />
    </>
  )
}
