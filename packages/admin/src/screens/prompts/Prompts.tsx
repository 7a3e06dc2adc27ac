import { Failure } from '../../Failure.tsx'
import { graphql } from '../../graphql/index.ts'
import { useLanguage } from '../../language.tsx'
import { Link, ScreenHeading } from '../../route.tsx'
import { usePages } from '../../usePages.ts'

const PromptsDocument = graphql(`
  query Prompts($after: String) {
    prompts(first: 50, after: $after, orderBy: { field: NAME, direction: ASC }) {
      edges {
        node {
          id
          name
          description
          builtIn
          activeVariants {
            id
            version
            language
            score
            uses
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

/** What models are told, by name. */
export function Prompts() {
  const { language, messages } = useLanguage()
  const words = messages.prompts
  const list = usePages(PromptsDocument, {}, ({ prompts }) => prompts)
  const score = new Intl.NumberFormat(language, { maximumFractionDigits: 2, minimumFractionDigits: 2 })
  return (
    <>
      <ScreenHeading>{words.title}</ScreenHeading>
      {list.state === 'loading' && <p aria-busy="true">{messages.loading}</p>}
      {list.error && <Failure error={list.error} again={list.again} />}
      {list.state === 'ready' && list.nodes.length === 0 && <p className="muted">{words.none}</p>}
      {list.nodes.map(({ id, name, description, builtIn, activeVariants }) => (
        <section key={id} aria-labelledby={id}>
          <div className="row">
            <h2 id={id}>
              <Link to={`prompts/${encodeURIComponent(name)}`}>{name}</Link>
            </h2>
            {builtIn && <span className="badge">{words.builtIn}</span>}
          </div>
          <p>{(builtIn && words.descriptions[name]) || description}</p>
          <p className="row muted">
            {activeVariants.map((variant) => (
              <span key={variant.id}>
                {messages.pair(variant.language.toLowerCase(), words.version(variant.version))}
                {typeof variant.score === 'number' && `, ${words.score} ${score.format(variant.score)}`}, {words.uses}{' '}
                {variant.uses}
              </span>
            ))}
          </p>
        </section>
      ))}
      {list.more && (
        <button type="button" onClick={list.more}>
          {words.more}
        </button>
      )}
    </>
  )
}
