import { type ReactNode, useState } from 'react'
import { useMessages } from '../language/messages.ts'
import type { ChartColor } from './color.ts'
import { drawnIn } from './color.ts'
import { messages } from './messages.ts'
import './charts.css'

/** The numbers of a drawing, for those who read rather than see. The first column names the row. */
export interface ChartTable {
  readonly columns: readonly string[]
  readonly rows: readonly { readonly id: string; readonly cells: readonly string[] }[]
}

export interface LegendEntry {
  readonly id: string
  readonly label: string
  readonly color?: ChartColor | undefined
  readonly dashed?: boolean | undefined
}

/**
 * What every drawing has around it: a name, a legend whose entries come and go, and the same as a table.
 *
 * @param label accessible name
 * @param height of the drawing in pixels: reserved, whatever is shown in it
 * @param table made when somebody asks for it
 * @param hidden ids of what the reader has switched off
 */
export function ChartFrame({
  label,
  height,
  legend = [],
  hidden,
  onToggle,
  table,
  children,
}: {
  label: string
  height: number
  legend?: readonly LegendEntry[]
  hidden?: ReadonlySet<string>
  onToggle?: (id: string) => void
  table: () => ChartTable
  children: ReactNode
}) {
  const m = useMessages(messages)
  const [asTable, setAsTable] = useState(false)
  return (
    <figure className="e-chart" aria-label={label}>
      <div className="e-chart-bar">
        {legend.length > 1 && (
          <ul className="e-chart-legend" aria-label={m.series}>
            {legend.map(({ id, label, color, dashed }, index) => (
              <li key={id}>
                {onToggle ? (
                  <button type="button" aria-pressed={!hidden?.has(id)} onClick={() => onToggle(id)}>
                    <Swatch color={color} index={index} dashed={dashed} />
                    {label}
                  </button>
                ) : (
                  <span>
                    <Swatch color={color} index={index} dashed={dashed} />
                    {label}
                  </span>
                )}
              </li>
            ))}
          </ul>
        )}
        <button type="button" className="e-chart-switch" onClick={() => setAsTable(!asTable)}>
          {asTable ? m.asDrawing : m.asTable}
        </button>
      </div>
      <div className="e-chart-body" style={{ minHeight: height }}>
        {asTable ? <TableOf label={label} table={table()} height={height} /> : children}
      </div>
    </figure>
  )
}

export function Swatch({
  color,
  index,
  dashed,
}: {
  color: ChartColor | undefined
  index: number
  dashed?: boolean | undefined
}) {
  return (
    <span
      className="e-chart-swatch"
      data-dashed={dashed || undefined}
      style={drawnIn(color, index)}
      aria-hidden="true"
    />
  )
}

function TableOf({ label, table: { columns, rows }, height }: { label: string; table: ChartTable; height: number }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <section className="e-chart-table" style={{ maxHeight: Math.max(height, 240) }} tabIndex={0} aria-label={label}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ id, cells: [head, ...cells] }) => (
            <tr key={id}>
              <th scope="row">{head}</th>
              {cells.map((cell, index) => (
                <td key={columns[index + 1]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
