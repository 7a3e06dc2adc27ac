import { useState } from 'react'
import { useLanguage } from '../../language.tsx'
import { moment } from '../../moment.ts'
import { useDeed } from '../../useDeed.ts'
import { ApproveDocument, RejectDocument, UndoDocument } from './documents.ts'
import type { ImprovingPage } from './PageImprovement.tsx'

type Step = ImprovingPage['loopSteps']['edges'][number]['node']

/** What the loop did, the latest first; what waits for a person stands above it. */
export function Steps({ page, mayDecide }: { page: ImprovingPage; mayDecide: boolean }) {
  const { messages } = useLanguage()
  const words = messages.improvement
  const all = page.loopSteps.edges.map(({ node }) => node)
  const steps = [
    ...all.filter(({ status }) => status === 'waiting'),
    ...all.filter(({ status }) => status !== 'waiting'),
  ]
  return (
    <section aria-labelledby="steps">
      <h2 id="steps">{words.steps}</h2>
      {steps.length === 0 && <p className="muted">{words.noSteps}</p>}
      <ol className="steps">
        {steps.map((step) => (
          <StepItem key={step.id} step={step} mayDecide={mayDecide} />
        ))}
      </ol>
    </section>
  )
}

function StepItem({ step, mayDecide }: { step: Step; mayDecide: boolean }) {
  const { language, messages } = useLanguage()
  const words = messages.improvement
  const { act, busy, failure } = useDeed()
  const [asked, setAsked] = useState(false)
  const { id, status, summary, evidence, canBeUndone, actorName, at, undoneByName } = step
  return (
    <li className={`notification ${status === 'waiting' ? 'warning' : ''}`}>
      <div className="row">
        <time dateTime={at} className="muted">
          {moment(at, language)}
        </time>
        <span>{summary}</span>
        <span className={status === 'waiting' ? 'badge new' : 'badge'}>{words.stepStatus[status] ?? status}</span>
        {/* What it did by itself is signed with the name of a job, which tells people nothing. */}
        {actorName && !actorName.startsWith('landing-pages.') && <span className="muted">{actorName}</span>}
        {undoneByName && <span className="muted">{words.undoneBy(undoneByName)}</span>}
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
      {failure && (
        <p role="alert" className="bad">
          {failure}
        </p>
      )}
      <details>
        <summary>{words.evidence}</summary>
        <pre>{JSON.stringify(evidence, null, 2)}</pre>
      </details>
    </li>
  )
}
