import { useLanguage } from '../../language.tsx'
import { moment } from '../../moment.ts'
import type { ImprovingPage } from './PageImprovement.tsx'

/** What was proposed, by what, and why it was refused. */
export function Candidates({ page }: { page: ImprovingPage }) {
  const { language, messages } = useLanguage()
  const words = messages.improvement
  const candidates = page.candidates.edges.map(({ node }) => node)
  return (
    <section aria-labelledby="candidates">
      <h2 id="candidates">{words.candidates}</h2>
      {candidates.length === 0 && <p className="muted">{words.noCandidates}</p>}
      <ol className="steps">
        {candidates.map(({ id, status, generator, rationale, createdAt, parent, variant, reasons }) => (
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
    </section>
  )
}
