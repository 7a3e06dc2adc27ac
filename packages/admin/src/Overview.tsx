import { useEffect, useState } from 'react'
import { offersGraphiql } from './api.ts'
import { Failure } from './Failure.tsx'
import { graphql } from './graphql/index.ts'
import { LiveExperiment } from './LiveExperiment.tsx'
import { useLanguage } from './language.tsx'
import { useAnswer } from './useApi.ts'

const PluginsDocument = graphql(`
  query Plugins {
    plugins {
      name
      permissions {
        name
      }
      jobs
      routes
    }
  }
`)

const ExperimentsDocument = graphql(`
  query Experiments {
    experiments(first: 5) {
      edges {
        node {
          id
        }
      }
    }
  }
`)

const PagesDocument = graphql(`
  query Pages {
    pages(first: 10, filter: { status: [ACTIVE] }) {
      edges {
        node {
          id
          title
          url
        }
      }
    }
  }
`)

/** What runs here, where to go from here, and the experiments as they move. */
export function Overview() {
  const { messages } = useLanguage()
  const { answer, again } = useAnswer(PluginsDocument, {})
  if (answer.state === 'loading') return <p aria-busy="true">{messages.loading}</p>
  if (answer.state === 'failed') return <Failure error={answer.error} again={again} />

  const { plugins } = answer.result
  // A plugin that is switched off has taken its fields out of the API: only what runs is asked.
  const runs = (name: string) => plugins.some((plugin) => plugin.name === name)
  return (
    <>
      {runs('experiments') && (
        <section aria-labelledby="experiments">
          <h2 id="experiments">{messages.experiments}</h2>
          <Experiments />
        </section>
      )}

      <section aria-labelledby="explore">
        <h2 id="explore">{messages.explore}</h2>
        <ul className="links">
          {runs('landing-pages') && <Pages />}
          <Graphiql />
        </ul>
      </section>

      <section aria-labelledby="plugins">
        <h2 id="plugins">{messages.whatRuns}</h2>
        <ul className="plugins">
          {plugins.map(({ name, permissions, jobs, routes }) => (
            <li key={name}>
              <strong>{name}</strong>{' '}
              <span className="muted">
                {[
                  messages.permissions(permissions.length),
                  messages.jobs(jobs.length),
                  messages.routes(routes.length),
                ].join(' · ')}
              </span>
            </li>
          ))}
        </ul>
      </section>
    </>
  )
}

function Experiments() {
  const { messages } = useLanguage()
  const { answer, again } = useAnswer(ExperimentsDocument, {})
  if (answer.state === 'loading') return <p aria-busy="true">{messages.loading}</p>
  if (answer.state === 'failed') return <Failure error={answer.error} again={again} />
  const { edges } = answer.result.experiments
  if (edges.length === 0) return <p className="muted">{messages.noExperiments}</p>
  return edges.map(({ node }) => <LiveExperiment key={node.id} id={node.id} />)
}

function Pages() {
  const { messages } = useLanguage()
  const { answer, again } = useAnswer(PagesDocument, {})
  if (answer.state === 'loading') return <li aria-busy="true">{messages.loading}</li>
  if (answer.state === 'failed')
    return (
      <li>
        <Failure error={answer.error} again={again} />
      </li>
    )
  const { edges } = answer.result.pages
  if (edges.length === 0) return <li className="muted">{messages.noPages}</li>
  return edges.map(({ node }) => (
    <li key={node.id}>
      <a href={node.url}>{messages.openPage(node.title)}</a>
    </li>
  ))
}

/** In production there is none, unless the installation allows it. */
function Graphiql() {
  const { messages } = useLanguage()
  const [offered, setOffered] = useState(false)
  useEffect(() => {
    const abort = new AbortController()
    offersGraphiql(abort.signal).then(setOffered, () => {})
    return () => abort.abort()
  }, [])
  if (!offered) return null
  return (
    <li>
      <a href="/graphql">{messages.graphiql}</a>
    </li>
  )
}
