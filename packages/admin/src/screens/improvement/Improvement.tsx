import { Failure } from '../../Failure.tsx'
import { useLanguage } from '../../language.tsx'
import { Link, ScreenHeading } from '../../route.tsx'
import { usePages } from '../../usePages.ts'
import { PagesDocument } from './documents.ts'

/** The pages, and how each improves itself. */
export function Improvement() {
  const { language, messages } = useLanguage()
  const words = messages.improvement
  const list = usePages(PagesDocument, {}, ({ pages }) => pages)
  const signed = new Intl.NumberFormat(language, {
    style: 'percent',
    maximumFractionDigits: 1,
    signDisplay: 'exceptZero',
  })
  return (
    <>
      <ScreenHeading>{words.title}</ScreenHeading>
      <p className="muted">{words.intro}</p>
      <section aria-labelledby="pages">
        <h2 id="pages">{words.page}</h2>
        {list.state === 'loading' && <p aria-busy="true">{messages.loading}</p>}
        {list.error && <Failure error={list.error} again={list.again} />}
        {list.state === 'ready' && list.nodes.length === 0 && <p className="muted">{words.noPages}</p>}
        <ul className="plugins">
          {list.nodes.map(({ id, title, loop, waiting }) => (
            <li key={id} className="row">
              <Link to={`improvement/${encodeURIComponent(id)}`}>{title}</Link>
              <span className="badge">{words.modes[loop?.mode ?? 'OFF']}</span>
              {waiting.edges.length > 0 && <span className="badge new">{words.waits(waiting.edges.length)}</span>}
              {loop?.problem && <span className="bad">{words.problems[loop.problem] ?? loop.problem}</span>}
              {typeof loop?.earned?.lift === 'number' && (
                <span className="muted">
                  {words.lift(
                    signed.format(loop.earned.lift),
                    signed.format(loop.earned.liftLower ?? 0),
                    signed.format(loop.earned.liftUpper ?? 0),
                  )}
                </span>
              )}
            </li>
          ))}
        </ul>
        {list.more && (
          <button type="button" onClick={list.more}>
            {words.more}
          </button>
        )}
      </section>
    </>
  )
}
