import { graphql } from './graphql/index.ts'
import { LiveExperiment } from './LiveExperiment.tsx'
import { useLanguage } from './language.tsx'
import { useAnswer } from './useApi.ts'

const OverviewDocument = graphql(`
  query Overview {
    plugins {
      name
      permissions {
        name
      }
      jobs
      routes
    }
    pages(first: 10, filter: { status: [ACTIVE] }) {
      edges {
        node {
          id
          title
          url
        }
      }
    }
    experiments(first: 5) {
      edges {
        node {
          id
        }
      }
    }
  }
`)

/** What runs here, where to go from here, and the experiments as they move. */
export function Overview() {
  const { messages } = useLanguage()
  const { answer, again } = useAnswer(OverviewDocument, {})
  if (answer.state === 'loading') return <p aria-busy="true">{messages.loading}</p>
  if (answer.state === 'failed')
    return (
      <p role="alert" className="bad">
        {messages.failed} {answer.error.message}{' '}
        <button type="button" onClick={again}>
          {messages.tryAgain}
        </button>
      </p>
    )

  const { plugins, pages, experiments } = answer.result
  return (
    <>
      <section aria-labelledby="experiments">
        <h2 id="experiments">{messages.experiments}</h2>
        {experiments.edges.length === 0 && <p className="muted">{messages.noExperiments}</p>}
        {experiments.edges.map(({ node }) => (
          <LiveExperiment key={node.id} id={node.id} />
        ))}
      </section>

      <section aria-labelledby="explore">
        <h2 id="explore">{messages.explore}</h2>
        <ul className="links">
          {pages.edges.map(({ node }) => (
            <li key={node.id}>
              <a href={node.url}>{messages.openPage(node.title)}</a>
            </li>
          ))}
          {pages.edges.length === 0 && <li className="muted">{messages.noPages}</li>}
          <li>
            <a href="/graphql">{messages.graphiql}</a>
          </li>
        </ul>
      </section>

      <section aria-labelledby="plugins">
        <h2 id="plugins">{messages.whatRuns}</h2>
        <div className="table-scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{messages.plugin}</th>
                <th scope="col">{messages.adds}</th>
              </tr>
            </thead>
            <tbody>
              {plugins.map(({ name, permissions, jobs, routes }) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td>
                    {[
                      messages.permissions(permissions.length),
                      messages.jobs(jobs.length),
                      messages.routes(routes.length),
                    ].join(' · ')}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
    </>
  )
}
