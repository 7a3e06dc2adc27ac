import { useState } from 'react'
import { Failure } from '../../Failure.tsx'
import type { LoopStepFragment } from '../../graphql/graphql.ts'
import { useLanguage } from '../../language.tsx'
import { moment } from '../../moment.ts'
import { useDeed } from '../../useDeed.ts'
import { usePages } from '../../usePages.ts'
import { ApproveDocument, OlderStepsDocument, RejectDocument, UndoDocument } from './documents.ts'
import { Evidence } from './Evidence.tsx'
import { LookAtIt } from './LookAtIt.tsx'
import type { ImprovingPage } from './PageImprovement.tsx'

type Waiting = ImprovingPage['waiting']['edges'][number]['node']
type Step = LoopStepFragment & Partial<Pick<Waiting, 'candidate'>>

/** What waits for a person: it stands above all else. */
export function Decisions({ page, mayDecide }: { page: ImprovingPage; mayDecide: boolean }) {
  const { messages } = useLanguage()
  const steps = page.waiting.edges.map(({ node }) => node)
  if (steps.length === 0) return null
  return (
    <section aria-labelledby="decisions">
      <h2 id="decisions">{messages.improvement.toDecide}</h2>
      <ol className="steps">
        {steps.map((step) => (
          <StepItem key={step.id} step={step} mayDecide={mayDecide} />
        ))}
      </ol>
    </section>
  )
}

/** What the loop did, the latest first. */
export function Steps({ page, mayDecide }: { page: ImprovingPage; mayDecide: boolean }) {
  const { messages } = useLanguage()
  const words = messages.improvement
  const [more, setMore] = useState(false)
  const steps = page.loopSteps.edges.map(({ node }) => node).filter(({ status }) => status !== 'waiting')
  const { hasNextPage, endCursor } = page.loopSteps.pageInfo
  return (
    <section aria-labelledby="steps">
      <h2 id="steps">{words.steps}</h2>
      {steps.length === 0 && <p className="muted">{words.noSteps}</p>}
      <ol className="steps">
        {steps.map((step) => (
          <StepItem key={step.id} step={step} mayDecide={mayDecide} />
        ))}
      </ol>
      {hasNextPage &&
        endCursor &&
        (more ? (
          <Older key={endCursor} page={page} after={endCursor} mayDecide={mayDecide} />
        ) : (
          <button type="button" onClick={() => setMore(true)}>
            {words.more}
          </button>
        ))}
    </section>
  )
}

/** What is further back than what is followed live. */
function Older({ page, after, mayDecide }: { page: ImprovingPage; after: string; mayDecide: boolean }) {
  const { messages } = useLanguage()
  const list = usePages(
    OlderStepsDocument,
    { id: page.id },
    ({ node }) => (node && 'loopSteps' in node ? node.loopSteps : { edges: [], pageInfo: { hasNextPage: false } }),
    after,
  )
  return (
    <>
      {list.state === 'loading' && <p aria-busy="true">{messages.loading}</p>}
      {list.error && <Failure error={list.error} again={list.again} />}
      <ol className="steps">
        {list.nodes
          .filter(({ status }) => status !== 'waiting')
          .map((step) => (
            <StepItem key={step.id} step={step} mayDecide={mayDecide} after={list.again} />
          ))}
      </ol>
      {list.more && (
        <button type="button" onClick={list.more}>
          {messages.improvement.more}
        </button>
      )}
    </>
  )
}

function StepItem({ step, mayDecide, after }: { step: Step; mayDecide: boolean; after?: () => void }) {
  const { language, messages } = useLanguage()
  const words = messages.improvement
  const { act, busy, failure } = useDeed(after)
  const [asked, setAsked] = useState(false)
  const { id, status, summary, evidence, canBeUndone, actorName, at, undoneByName, candidate } = step
  return (
    <li className={`notification ${status === 'waiting' ? 'warning' : ''}`}>
      <div className="row">
        <time dateTime={at} className="muted">
          {moment(at, language)}
        </time>
        <span className={status === 'waiting' ? 'badge new' : 'badge'}>{words.stepStatus[status] ?? status}</span>
        {/* What it did by itself is signed with the name of a job, which tells people nothing. */}
        {actorName && !actorName.startsWith('landing-pages.') && <span className="muted">{actorName}</span>}
        {undoneByName && <span className="muted">{words.undoneBy(undoneByName)}</span>}
      </div>
      <p>{summary}</p>
      {candidate?.rationale && <p className="muted">{candidate.rationale}</p>}
      {(candidate?.previewUrl || (mayDecide && (status === 'waiting' || canBeUndone))) && (
        <div className="row">
          {candidate?.previewUrl && <LookAtIt url={candidate.previewUrl} of={candidate.rationale || summary} />}
          {mayDecide && status === 'waiting' && (
            <>
              <button type="button" className="primary" disabled={busy} onClick={() => act(ApproveDocument, { id })}>
                {words.approve}
              </button>
              <button type="button" disabled={busy} onClick={() => act(RejectDocument, { id })}>
                {words.reject}
              </button>
            </>
          )}
          {mayDecide && canBeUndone && (
            <button
              type="button"
              disabled={busy}
              onClick={() => {
                if (asked) act(UndoDocument, { id })
                setAsked(!asked)
              }}
              onBlur={() => setAsked(false)}
            >
              {asked ? words.undoSure : words.undo}
            </button>
          )}
        </div>
      )}
      {failure && (
        <p role="alert" className="bad">
          {failure}
        </p>
      )}
      <details>
        <summary>{words.evidence}</summary>
        <Evidence of={evidence} />
      </details>
    </li>
  )
}
