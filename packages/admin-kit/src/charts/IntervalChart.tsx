import type { ReactNode } from 'react'
import { useMessages } from '../language/messages.ts'
import { type ChartColor, drawnIn } from './color.ts'
import { intervalAxis, onAxis } from './intervalAxis.ts'
import { messages } from './messages.ts'
import './charts.css'

/** An estimate with its interval. */
export interface IntervalRow {
  readonly id: string
  readonly label: ReactNode
  /** A quieter line below the label: how many were seen. */
  readonly detail?: ReactNode
  /** Null: nothing is known yet. */
  readonly estimate: number | null
  readonly interval: { readonly lower: number; readonly upper: number } | null
  /** Marks what a row is, such as a variant's color in other drawings. */
  readonly color?: ChartColor
  /** In place of the drawing: "the control". */
  readonly note?: ReactNode
  /** In the order of `columns`. */
  readonly cells?: readonly ReactNode[]
}

/**
 * Estimates with their intervals, one row each, on one axis: what is compared, the zero line and on which side of it an
 * interval lies can be seen at once. It is a table, so that every number can also be read.
 *
 * @param name heading of the first column
 * @param reference the line that estimates are compared with; the parts of an interval on its two sides have their colors
 * @param higherIsBetter which side is the good one. Null: neither, intervals keep one color
 * @param bounds the span in which a difference does not matter in practice, in the unit of the estimates
 * @param columns headings of what else stands in each row
 * @param interval heading of the estimate and its interval, such as "Lift (95 %)"
 */
export function IntervalChart({
  label,
  name,
  interval,
  rows,
  formatValue,
  reference = { value: 0 },
  higherIsBetter = true,
  bounds,
  columns = [],
}: {
  label: string
  name: string
  interval?: string
  rows: readonly IntervalRow[]
  formatValue: (value: number) => string
  reference?: { readonly value: number; readonly label?: string } | null
  higherIsBetter?: boolean | null
  bounds?: { readonly lower: number; readonly upper: number; readonly label: string }
  columns?: readonly string[]
}) {
  const m = useMessages(messages)
  const axis = intervalAxis(rows, reference?.value)
  const percent = (value: number) => ((value - axis.from) / (axis.to - axis.from)) * 100
  const zero = reference ? percent(reference.value) : undefined
  const ticks = axis.ticks.length > 6 ? axis.ticks.filter((_, index) => index % 2 === 0) : axis.ticks
  const practical = bounds && onAxis(bounds, axis)
  return (
    <div className="e-interval">
      <table aria-label={label}>
        <thead>
          <tr>
            <th scope="col">{name}</th>
            <th scope="col" className="e-interval-drawing">
              {interval ?? m.interval}
            </th>
            <th scope="col" className="e-interval-number">
              {m.estimate}
            </th>
            {columns.map((column) => (
              <th key={column} scope="col" className="e-interval-number">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={row.id}>
              <th scope="row">
                <div className="e-interval-name">
                  <span className="e-chart-swatch" style={drawnIn(row.color, index)} aria-hidden="true" />
                  <div>
                    {row.label}
                    {row.detail && <small>{row.detail}</small>}
                  </div>
                </div>
              </th>
              <td className="e-interval-drawing">
                <svg aria-hidden="true" width="100%" height="100%">
                  {practical && (
                    <rect
                      className="e-interval-practical"
                      x={`${practical.start}%`}
                      width={`${practical.end - practical.start}%`}
                      y="0"
                      height="100%"
                    />
                  )}
                  {ticks.map((tick) => (
                    <line
                      key={tick}
                      className="e-chart-grid"
                      x1={`${percent(tick)}%`}
                      x2={`${percent(tick)}%`}
                      y1="0"
                      y2="100%"
                    />
                  ))}
                  {zero !== undefined && (
                    <line className="e-interval-zero" x1={`${zero}%`} x2={`${zero}%`} y1="0" y2="100%" />
                  )}
                  <Bar row={row} axis={axis} zero={zero} higherIsBetter={higherIsBetter} percent={percent} />
                </svg>
                {row.note && <span className="e-interval-note">{row.note}</span>}
              </td>
              <td className="e-interval-number">
                {row.estimate !== null ? formatValue(row.estimate) : row.note ? null : m.unknown}
                {row.interval && (
                  <small>{m.between(formatValue(row.interval.lower), formatValue(row.interval.upper))}</small>
                )}
              </td>
              {columns.map((column, cell) => (
                <td key={column} className="e-interval-number" data-column={column}>
                  {row.cells?.[cell]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        <tfoot aria-hidden="true">
          <tr>
            <td />
            <td className="e-interval-drawing e-interval-axis">
              <div>
                {ticks.map((tick, index) => (
                  <span
                    key={tick}
                    style={{ left: `${percent(tick)}%` }}
                    data-odd={index % 2 === 1 || undefined}
                    data-edge={edgeOf(percent(tick))}
                  >
                    {formatValue(tick)}
                  </span>
                ))}
              </div>
            </td>
            <td colSpan={1 + columns.length} />
          </tr>
        </tfoot>
      </table>
      {(bounds || reference?.label) && (
        <p className="e-interval-legend">
          {reference?.label && (
            <span>
              <i className="e-interval-mark" aria-hidden="true" /> {reference.label}
            </span>
          )}
          {bounds && (
            <span>
              <i className="e-interval-mark" data-practical aria-hidden="true" /> {bounds.label}
            </span>
          )}
        </p>
      )}
    </div>
  )
}

/** The interval of a row, in the colors of the sides of zero on which it lies, and its estimate. */
function Bar({
  row: { estimate, interval },
  axis,
  zero,
  higherIsBetter,
  percent,
}: {
  row: IntervalRow
  axis: Parameters<typeof onAxis>[1]
  zero: number | undefined
  higherIsBetter: boolean | null
  percent: (value: number) => number
}) {
  const placed = interval && onAxis(interval, axis)
  const split = zero !== undefined && higherIsBetter !== null
  const parts = !placed
    ? []
    : split
      ? [
          { side: higherIsBetter ? 'worse' : 'better', start: placed.start, end: Math.min(placed.end, zero) },
          { side: higherIsBetter ? 'better' : 'worse', start: Math.max(placed.start, zero), end: placed.end },
        ].filter(({ start, end }) => end > start)
      : [{ side: 'neither', start: placed.start, end: placed.end }]
  return (
    <g className="e-interval-bar" data-clear={parts.length === 1 || undefined}>
      {parts.map(({ side, start, end }) => (
        <rect
          key={side}
          data-side={side}
          x={`${start}%`}
          width={`${end - start}%`}
          y="50%"
          height="12"
          transform="translate(0 -6)"
        />
      ))}
      {placed && [
        placed.before && (
          <text key="before" x="0" y="50%" dy="0.35em">
            ◂
          </text>
        ),
        placed.beyond && (
          <text key="beyond" x="100%" y="50%" dy="0.35em" textAnchor="end">
            ▸
          </text>
        ),
      ]}
      {estimate !== null && <circle cx={`${Math.min(100, Math.max(0, percent(estimate)))}%`} cy="50%" r="5" />}
    </g>
  )
}

/** Which edge of the drawing a place is at, in percent: words there begin or end at it where there is no room beside it. */
function edgeOf(percent: number): 'start' | 'end' | undefined {
  if (percent < 8) return 'start'
  return percent > 92 ? 'end' : undefined
}
