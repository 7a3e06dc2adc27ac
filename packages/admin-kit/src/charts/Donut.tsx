import { arc, pie } from 'd3-shape'
import type { ReactNode } from 'react'
import { useFormat } from '../language/format.ts'
import { useMessages } from '../language/messages.ts'
import { drawnIn } from './color.ts'
import { messages } from './messages.ts'
import type { Share } from './ShareBar.tsx'
import './charts.css'

/**
 * What a whole is made of, as a ring with its parts listed beside it.
 *
 * @param center what stands in the middle: usually the total
 * @param labelOf in place of a part's label, such as a link to what it counts
 */
export function Donut({
  label,
  parts,
  formatValue,
  center,
  labelOf = ({ label }) => label,
}: {
  label: string
  parts: readonly Share[]
  formatValue: (value: number) => string
  center?: { readonly value: string; readonly label: string }
  labelOf?: (part: Share) => ReactNode
}) {
  const { percent } = useFormat()
  const m = useMessages(messages)
  const total = parts.reduce((sum, { value }) => sum + value, 0)
  const slices = pie<Share>()
    .value(({ value }) => value)
    .sort(null)
    .padAngle(parts.filter(({ value }) => value > 0).length > 1 ? 0.025 : 0)([...parts])
  const path = arc<(typeof slices)[number]>().innerRadius(42).outerRadius(60).cornerRadius(3)
  return (
    <figure className="e-donut" aria-label={label}>
      <svg viewBox="-62 -62 124 124" aria-hidden="true">
        {total === 0 && <circle className="e-donut-empty" r={51} />}
        {slices.map((slice, index) => (
          <path
            key={slice.data.id}
            style={drawnIn(slice.data.color, index)}
            d={slice.value > 0 ? (path(slice) ?? undefined) : undefined}
          />
        ))}
        {center && (
          <>
            <text className="e-donut-value" y={-1} textAnchor="middle">
              {center.value}
            </text>
            <text y={16} textAnchor="middle">
              {center.label}
            </text>
          </>
        )}
      </svg>
      {parts.length === 0 && <p className="e-chart-nothing">{m.nothing}</p>}
      <ul>
        {parts.map((part, index) => (
          <li key={part.id}>
            <span className="e-chart-swatch" style={drawnIn(part.color, index)} aria-hidden="true" />
            <span>{labelOf(part)}</span>
            <span className="e-number">{formatValue(part.value)}</span>
            <span className="e-number e-muted">{total > 0 ? percent(part.value / total, 0) : ''}</span>
          </li>
        ))}
      </ul>
    </figure>
  )
}
