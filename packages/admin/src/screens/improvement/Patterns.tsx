import { Interval } from '../../charts/Interval.tsx'
import { useLanguage } from '../../language.tsx'
import type { ImprovingPage } from './PageImprovement.tsx'

/** What goes with better or worse results: what can be told from chance first, the rest folded away. */
export function Patterns({ page }: { page: ImprovingPage }) {
  const { messages } = useLanguage()
  const words = messages.improvement
  const patterns = (page.measured.edges[0]?.node.patterns.edges ?? []).map(({ node }) => node)
  const claimed = patterns.filter((pattern) => pattern.claimed)
  const others = patterns.filter((pattern) => !pattern.claimed)
  return (
    <section aria-labelledby="patterns">
      <h2 id="patterns">{words.patterns}</h2>
      {claimed.length > 0 ? (
        <>
          <p className="muted">{words.patternsHint}</p>
          <List patterns={claimed} />
        </>
      ) : (
        <p className="muted">{words.patternsNone}</p>
      )}
      {others.length > 0 && (
        <details>
          <summary>{words.unclaimed(others.length)}</summary>
          <List patterns={others} />
        </details>
      )}
    </section>
  )
}

type Pattern = ImprovingPage['measured']['edges'][number]['node']['patterns']['edges'][number]['node']

function List({ patterns }: { patterns: readonly Pattern[] }) {
  const { language, messages } = useLanguage()
  // Odds, not their logarithm: 0.2 of log odds is 22 % more.
  const odds = new Intl.NumberFormat(language, {
    style: 'percent',
    maximumFractionDigits: 0,
    signDisplay: 'exceptZero',
  })
  const most = Math.max(...patterns.flatMap(({ lower, upper }) => [Math.abs(lower), Math.abs(upper)]))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached
    <section className="table-scroll" tabIndex={0} aria-label={messages.table(messages.improvement.patterns)}>
      <table>
        <tbody>
          {patterns.map(({ id, label, alsoLabeled, effect, lower, upper }) => (
            <tr key={id}>
              <th scope="row">
                {label}
                {alsoLabeled.length > 0 && (
                  <small className="muted"> {messages.improvement.together(alsoLabeled)}</small>
                )}
              </th>
              <td className="number">
                {odds.format(Math.expm1(effect))}{' '}
                <small className="muted">
                  {odds.format(Math.expm1(lower))} – {odds.format(Math.expm1(upper))}
                </small>
              </td>
              <td>
                <Interval estimate={effect} lower={lower} upper={upper} range={[-most, most]} zero={0} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
