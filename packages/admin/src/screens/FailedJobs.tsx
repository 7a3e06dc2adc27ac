import { Failure } from '../Failure.tsx'
import { graphql } from '../graphql/index.ts'
import { useLanguage } from '../language.tsx'
import { moment } from '../moment.ts'
import { useDeed } from '../useDeed.ts'
import { usePages } from '../usePages.ts'

const FailedDocument = graphql(`
  query FailedJobs($after: String) {
    jobs(first: 25, after: $after, filter: { status: [FAILED] }) {
      edges {
        node {
          id
          type
          attempts
          completedAt
          error {
            message
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

const RetryDocument = graphql(`
  mutation RetryJob($id: ID!) {
    retryJob(id: $id) {
      ... on Error {
        message
      }
    }
  }
`)

/** Jobs whose attempts are used up, with the way to try them again. */
export function FailedJobs({ mayDecide }: { mayDecide: boolean }) {
  const { language, messages } = useLanguage()
  const words = messages.alerts
  const list = usePages(FailedDocument, {}, ({ jobs }) => jobs)
  const { act, busy, failure } = useDeed(list.again)
  return (
    <section aria-labelledby="failed">
      <h2 id="failed">{words.failed}</h2>
      {failure && (
        <p role="alert" className="bad">
          {failure}
        </p>
      )}
      {list.state === 'loading' && <p aria-busy="true">{messages.loading}</p>}
      {list.error && <Failure error={list.error} again={list.again} />}
      {list.state === 'ready' && list.nodes.length === 0 && <p className="muted">{words.noneFailed}</p>}
      <ol className="steps">
        {list.nodes.map(({ id, type, attempts, completedAt, error }) => (
          <li key={id} className="notification warning">
            <div className="row">
              <strong>{type}</strong>
              {completedAt && (
                <time dateTime={completedAt} className="muted">
                  {moment(completedAt, language)}
                </time>
              )}
              <span className="muted">{words.attempts(attempts)}</span>
              {mayDecide && (
                <button type="button" disabled={busy} onClick={() => act(RetryDocument, { id })}>
                  {words.retry}
                </button>
              )}
            </div>
            {error && <p className="bad">{error.message}</p>}
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
