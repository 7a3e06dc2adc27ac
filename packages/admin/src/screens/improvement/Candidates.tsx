import { useState } from 'react'
import { Failure } from '../../Failure.tsx'
import type { CandidateFragment } from '../../graphql/graphql.ts'
import { useLanguage } from '../../language.tsx'
import { moment } from '../../moment.ts'
import { usePages } from '../../usePages.ts'
import { OlderCandidatesDocument } from './documents.ts'
import { LookAtIt } from './LookAtIt.tsx'
import type { ImprovingPage } from './PageImprovement.tsx'

/** What was proposed, by what, and why it was refused. */
export function Candidates({ page }: { page: ImprovingPage }) {
  const { messages } = useLanguage()
  const words = messages.improvement
  const [more, setMore] = useState(false)
  const candidates = page.candidates.edges.map(({ node }) => node)
  const { hasNextPage, endCursor } = page.candidates.pageInfo
  return (
    <section aria-labelledby="candidates">
      <h2 id="candidates">{words.candidates}</h2>
      {candidates.length === 0 && <p className="muted">{words.noCandidates}</p>}
      <List candidates={candidates} />
      {hasNextPage &&
        endCursor &&
        (more ? (
          <Older key={endCursor} page={page} after={endCursor} />
        ) : (
          <button type="button" onClick={() => setMore(true)}>
            {words.more}
          </button>
        ))}
    </section>
  )
}

/** What is further back than what is followed live. */
function Older({ page, after }: { page: ImprovingPage; after: string }) {
  const { messages } = useLanguage()
  const list = usePages(
    OlderCandidatesDocument,
    { id: page.id },
    ({ node }) => (node && 'candidates' in node ? node.candidates : { edges: [], pageInfo: { hasNextPage: false } }),
    after,
  )
  return (
    <>
      {list.state === 'loading' && <p aria-busy="true">{messages.loading}</p>}
      {list.error && <Failure error={list.error} again={list.again} />}
      <List candidates={list.nodes} />
      {list.more && (
        <button type="button" onClick={list.more}>
          {messages.improvement.more}
        </button>
      )}
    </>
  )
}

function List({ candidates }: { candidates: readonly CandidateFragment[] }) {
  const { language, messages } = useLanguage()
  const words = messages.improvement
  return (
    <ol className="steps">
      {candidates.map(({ id, status, generator, rationale, previewUrl, createdAt, parent, variant, reasons }) => (
        <li key={id} className="notification">
          <div className="row">
            <time dateTime={createdAt} className="muted">
              {moment(createdAt, language)}
            </time>
            {variant && <strong>{variant.key}</strong>}
            <span className="badge">{words.candidateStatus[status] ?? status}</span>
            <span className="muted">
              {words.generators[generator]}
              {parent && `, ${words.from(parent.key)}`}
            </span>
            {previewUrl && <LookAtIt url={previewUrl} of={rationale} />}
          </div>
          {rationale && <p>{rationale}</p>}
          {reasons.length > 0 && (
            <ul>
              {reasons.map(({ text }) => (
                <li key={text}>{text}</li>
              ))}
            </ul>
          )}
        </li>
      ))}
    </ol>
  )
}
