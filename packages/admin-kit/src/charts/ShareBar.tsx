import type { ReactNode } from 'react'
import { useFormat } from '../language/format.ts'
import { useMessages } from '../language/messages.ts'
import { type ChartColor, drawnIn } from './color.ts'
import { messages } from './messages.ts'
import './charts.css'

/** A part of a whole. */
export interface Share {
  readonly id: string
  readonly label: string
  /** 0 or more. */
  readonly value: number
  readonly color?: ChartColor
}

/** What a whole is made of, as one bar, with its parts listed below: name, value and share. */
export function ShareBar({
  label,
  parts,
  formatValue,
}: {
  label: string
  parts: readonly Share[]
  formatValue: (value: number) => string
}) {
  const { percent } = useFormat()
  const m = useMessages(messages)
  const total = parts.reduce((sum, { value }) => sum + value, 0)
  return (
    <figure className="e-shares" aria-label={label}>
      <div className="e-shares-bar" aria-hidden="true">
        {parts.map(({ id, value, color }, index) =>
          value > 0 ? <span key={id} style={{ ...drawnIn(color, index), width: `${(value / total) * 100}%` }} /> : null,
        )}
      </div>
      {parts.length === 0 && <p className="e-chart-nothing">{m.nothing}</p>}
      <ul>
        {parts.map(({ id, label, value, color }, index) => (
          <li key={id}>
            <span className="e-chart-swatch" style={drawnIn(color, index)} aria-hidden="true" />
            <span>{label}</span>
            <span className="e-number">{formatValue(value)}</span>
            <span className="e-number e-muted">{total > 0 ? percent(value / total, 0) : ''}</span>
          </li>
        ))}
      </ul>
    </figure>
  )
}

/** A row of a list of shares, with the value of an earlier period. */
export interface RankedShare {
  readonly id: string
  /** May be a link to the source of the number. */
  readonly label: ReactNode
  readonly value: number
  /** Of the earlier period, drawn as a mark. */
  readonly before?: number | null
}

/**
 * A list of the largest, each with a bar behind it that says how large: top pages, channels, countries.
 *
 * @param total what shares are taken of. Default: no shares are shown, bars are relative to the largest
 */
export function ShareList({
  label,
  rows,
  formatValue,
  total,
  color = 1,
}: {
  label: string
  rows: readonly RankedShare[]
  formatValue: (value: number) => string
  total?: number
  color?: ChartColor
}) {
  const { percent } = useFormat()
  const m = useMessages(messages)
  const most = Math.max(...rows.flatMap(({ value, before }) => [value, before ?? 0]), 0) || 1
  if (rows.length === 0) return <p className="e-chart-nothing">{m.nothing}</p>
  return (
    <ol className="e-ranked" aria-label={label} style={drawnIn(color, 0)}>
      {rows.map(({ id, label, value, before }) => (
        <li key={id}>
          <span className="e-ranked-bar" style={{ width: `${(value / most) * 100}%` }} aria-hidden="true" />
          {typeof before === 'number' && (
            <span className="e-ranked-before" style={{ left: `${(before / most) * 100}%` }} aria-hidden="true" />
          )}
          <span className="e-ranked-label">{label}</span>
          <span className="e-number">{formatValue(value)}</span>
          {total !== undefined && (
            <span className="e-number e-muted">{total > 0 ? percent(value / total, 0) : ''}</span>
          )}
        </li>
      ))}
    </ol>
  )
}
