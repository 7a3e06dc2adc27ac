import { Interval } from '../../charts/Interval.tsx'
import { Sparkline } from '../../charts/Sparkline.tsx'
import { useLanguage } from '../../language.tsx'
import type { ImprovingPage } from './PageImprovement.tsx'

/** How the variants did at the latest analysis: on one axis, so that they can be compared by eye. */
export function Variants({ page }: { page: ImprovingPage }) {
  const { language, messages } = useLanguage()
  const words = messages.improvement
  const rows = (page.measured.edges[0]?.node.analyses.edges ?? [])
    .map(({ node }) => node)
    .sort((one, other) => (other.share ?? 0) - (one.share ?? 0))
  const number = new Intl.NumberFormat(language)
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 })
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 })
  const ends = rows.flatMap(({ rateLower, rateUpper }) =>
    typeof rateLower === 'number' && typeof rateUpper === 'number' ? [rateLower, rateUpper] : [],
  )
  const range = [Math.min(...ends, 1), Math.max(...ends, 0)] as const
  const courseOf = (key: string) =>
    page.course.edges
      .filter(({ node }) => node.variantKey === key)
      .map(({ node }) => node.conversionRate ?? null)
      .reverse()
  return (
    <section aria-labelledby="variants">
      <h2 id="variants">{words.variants}</h2>
      {rows.length === 0 ? (
        <p className="muted">{words.notMeasured}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached
        <section className="table-scroll" tabIndex={0} aria-label={messages.table(words.variants)}>
          <table>
            <thead>
              <tr>
                <th scope="col">{words.variant}</th>
                <th scope="col" className="number">
                  {words.share}
                </th>
                <th scope="col" className="number">
                  {words.visitors}
                </th>
                <th scope="colgroup" colSpan={2}>
                  {words.rate}
                </th>
                <th scope="col">{words.course}</th>
                <th scope="col" className="number">
                  {words.best}
                </th>
                <th scope="col" className="number">
                  {words.bounce}
                </th>
                <th scope="col" className="number">
                  {words.score}
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id}>
                  <th scope="row">{row.variantKey}</th>
                  <td className="number">{format(percent, row.share)}</td>
                  <td className="number">{number.format(row.visitors)}</td>
                  <td className="number">
                    {format(percent, row.conversionRate)}
                    <br />
                    <small className="muted">
                      {format(percent, row.rateLower)}–{format(percent, row.rateUpper)}
                    </small>
                  </td>
                  <td>
                    {typeof row.conversionRate === 'number' &&
                      typeof row.rateLower === 'number' &&
                      typeof row.rateUpper === 'number' && (
                        <Interval
                          estimate={row.conversionRate}
                          lower={row.rateLower}
                          upper={row.rateUpper}
                          range={range}
                        />
                      )}
                  </td>
                  <td>
                    <Sparkline values={courseOf(row.variantKey)} />
                  </td>
                  <td className="number">{format(percent, row.confidence)}</td>
                  <td className="number">{format(percent, row.bounceRate)}</td>
                  <td className="number">{format(whole, row.score)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  )
}

function format(how: Intl.NumberFormat, value: number | null | undefined): string {
  return typeof value === 'number' ? how.format(value) : '–'
}
