import { Failure } from './Failure.tsx'
import { graphql } from './graphql/index.ts'
import { useLanguage } from './language.tsx'
import { useLive } from './useApi.ts'

const ExperimentDocument = graphql(`
  subscription LiveExperiment($id: ID!) {
    experimentUpdated(id: $id) {
      name
      status
      verdict {
        state
        reason
      }
      results {
        exposures
        goal {
          variants {
            variant {
              id
              name
            }
            exposures
            sum
            mean
            comparison {
              relativeLift
              sequential {
                pValue
              }
            }
          }
        }
      }
    }
  }
`)

/** An experiment's numbers, drawn and listed, as they move. */
export function LiveExperiment({ id }: { id: string }) {
  const { language, messages } = useLanguage()
  const { result, error, connected } = useLive(ExperimentDocument, { id })
  if (error) return <Failure error={error} />
  if (!result) return <p aria-busy="true">{messages.loading}</p>

  const { name, status, verdict, results } = result.experimentUpdated
  const number = new Intl.NumberFormat(language)
  const percent = new Intl.NumberFormat(language, {
    style: 'percent',
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  })
  const signed = new Intl.NumberFormat(language, {
    style: 'percent',
    maximumFractionDigits: 1,
    signDisplay: 'exceptZero',
  })
  const probability = new Intl.NumberFormat(language, { maximumSignificantDigits: 2 })
  const variants = results.goal?.variants ?? []
  const best = Math.max(...variants.map(({ mean }) => mean ?? 0), 0)

  return (
    <article>
      <div className="row">
        <h3>{name}</h3>
        <span className="badge">{messages.status[status] ?? status}</span>
        <span className="muted" role="status">
          {connected ? messages.live : messages.reconnecting}
        </span>
      </div>
      {/* Focusable, so that the keyboard can scroll it where it is wider than the screen. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached */}
      <section className="table-scroll" tabIndex={0} aria-label={messages.table(name)}>
        <table>
          <thead>
            <tr>
              <th scope="col">{messages.variant}</th>
              <th scope="col" className="number">
                {messages.visitors}
              </th>
              <th scope="col" className="number">
                {messages.conversions}
              </th>
              <th scope="colgroup" colSpan={2}>
                {messages.rate}
              </th>
              <th scope="col" className="number">
                {messages.lift}
              </th>
              <th scope="col" className="number">
                {messages.pValue}
              </th>
            </tr>
          </thead>
          <tbody>
            {variants.map(({ variant, exposures, sum, mean, comparison }) => (
              <tr key={variant.id}>
                <th scope="row">{variant.name}</th>
                <td className="number">{number.format(exposures)}</td>
                <td className="number">{number.format(sum)}</td>
                <td className="number">{typeof mean === 'number' ? percent.format(mean) : '–'}</td>
                <td>
                  <span className="bar" aria-hidden="true">
                    <span style={{ width: `${best > 0 ? ((mean ?? 0) / best) * 100 : 0}%` }} />
                  </span>
                </td>
                <td className="number">
                  {typeof comparison?.relativeLift === 'number' ? signed.format(comparison.relativeLift) : '–'}
                </td>
                <td className="number">
                  {typeof comparison?.sequential.pValue === 'number'
                    ? probability.format(comparison.sequential.pValue)
                    : '–'}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {results.exposures > 0 && verdict && (
        <p className="muted">
          <strong>{messages.verdict[verdict.state]}</strong> {verdict.reason}
        </p>
      )}
    </article>
  )
}
