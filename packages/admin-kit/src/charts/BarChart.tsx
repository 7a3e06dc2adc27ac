import { useRef, useState } from 'react'
import { useMessages } from '../language/messages.ts'
import { position, valueAxis } from './axis.ts'
import { ChartFrame } from './ChartFrame.tsx'
import { type ChartColor, drawnIn } from './color.ts'
import { toggled } from './LineChart.tsx'
import { messages } from './messages.ts'
import { Readout } from './Readout.tsx'
import { stack } from './stack.ts'
import { useWidth } from './useWidth.ts'
import { Walk } from './Walk.tsx'

/** A bar, or several on top of each other, at one place of the axis. */
export interface Bar {
  readonly id: string
  /** What the bar stands for, in full: "Nov 3, 2026". */
  readonly label: string
  /** On the axis, where there is little room: "Nov 3". Default: the label. */
  readonly short?: string
  /** In the order of `parts`. Null: nothing is known. Below 0 hangs downwards. */
  readonly values: readonly (number | null)[]
}

/** A part of the bars: one series, with its color. */
export interface BarPart {
  readonly id: string
  readonly label: string
  readonly color?: ChartColor
}

/**
 * Bars of parts that are stacked upon one another, such as costs by day and purpose. Read by pointer, arrow keys or as a table.
 *
 * @param parts what bars are made of; one part: bars of one color without a legend
 * @param whole for counts: no tick between two whole numbers
 * @param height in pixels, without the legend
 */
export function BarChart({
  label,
  bars,
  parts,
  formatValue,
  whole = false,
  height = 220,
}: {
  label: string
  bars: readonly Bar[]
  parts: readonly BarPart[]
  formatValue: (value: number) => string
  whole?: boolean
  height?: number
}) {
  const m = useMessages(messages)
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const [active, setActive] = useState<number>()
  const frame = useRef<HTMLDivElement>(null)
  const width = useWidth(frame)

  const stacked = bars.map(({ values }) =>
    stack(values.map((value, part) => (hidden.has(parts[part]?.id ?? '') ? null : value))),
  )
  const axis = valueAxis(
    stacked.flatMap((blocks) => blocks.flatMap(({ start, end }) => [start, end])),
    { whole, count: height < 140 ? 2 : 4 },
  )
  const labels = axis.ticks.map(formatValue)
  const left = Math.max(...labels.map(({ length }) => length), 1) * 6.6 + 10
  const y = position(axis.from, axis.to, height - 22, 8)
  const pitch = (width - left) / Math.max(1, bars.length)
  const thick = Math.max(1, Math.min(48, pitch * 0.72))
  const center = (index: number) => left + (index + 0.5) * pitch
  const longest = Math.max(...bars.map(({ label, short = label }) => short.length), 1) * 6.6 + 14
  const every = Math.max(1, Math.ceil(longest / Math.max(pitch, 1)))
  const shown = parts.map((part, index) => ({ ...part, index })).filter(({ id }) => !hidden.has(id))
  const written = (value: number | null | undefined) => (typeof value === 'number' ? formatValue(value) : m.unknown)
  const total = (bar: Bar) => shown.reduce((sum, { index }) => sum + (bar.values[index] ?? 0), 0)
  const reading = active === undefined ? undefined : bars[active]

  return (
    <ChartFrame
      label={label}
      height={height}
      legend={parts}
      hidden={hidden}
      onToggle={(id) => setHidden(toggled(hidden, id))}
      table={() => ({
        columns: [m.name, ...parts.map(({ label }) => label), ...(parts.length > 1 ? [m.total] : [])],
        rows: bars.map((bar) => ({
          id: bar.id,
          cells: [
            bar.label,
            ...parts.map((_, part) => written(bar.values[part])),
            ...(parts.length > 1 ? [formatValue(total(bar))] : []),
          ],
        })),
      })}
    >
      <div ref={frame} className="e-chart-frame" style={{ height }}>
        {bars.length === 0 ? (
          <p className="e-chart-nothing">{m.nothing}</p>
        ) : (
          <Walk
            label={label}
            count={bars.length}
            active={active}
            onWalk={setActive}
            height={height}
            at={(pixel) => (pixel < left ? undefined : Math.min(bars.length - 1, Math.floor((pixel - left) / pitch)))}
            says={(index) => {
              const bar = bars[index]
              return bar
                ? m.point(
                    bar.label,
                    shown.map((part) => m.named(part.label, written(bar.values[part.index]))),
                  )
                : ''
            }}
          >
            {width > 0 && (
              <svg width={width} height={height} aria-hidden="true">
                {axis.ticks.map((tick, index) => (
                  <g key={tick}>
                    <line
                      className="e-chart-grid"
                      data-zero={tick === 0 || undefined}
                      x1={left}
                      x2={width}
                      y1={Math.round(y(tick)) + 0.5}
                      y2={Math.round(y(tick)) + 0.5}
                    />
                    <text x={left - 6} y={y(tick)} dy="0.35em" textAnchor="end">
                      {labels[index]}
                    </text>
                  </g>
                ))}
                {active !== undefined && (
                  <rect
                    className="e-chart-column"
                    x={center(active) - pitch / 2}
                    width={pitch}
                    y={8}
                    height={height - 30}
                  />
                )}
                {bars.map((bar, index) => (
                  <g key={bar.id}>
                    {stacked[index]?.map(({ part, start, end }) => (
                      <rect
                        key={part}
                        className="e-chart-block"
                        style={drawnIn(parts[part]?.color, part)}
                        x={center(index) - thick / 2}
                        width={thick}
                        y={Math.min(y(start), y(end))}
                        height={Math.max(1, Math.abs(y(start) - y(end)))}
                      />
                    ))}
                    {index % every === 0 && center(index) + longest / 2 <= width + longest / 4 && (
                      <text x={center(index)} y={height - 4} textAnchor="middle">
                        {bar.short ?? bar.label}
                      </text>
                    )}
                  </g>
                ))}
              </svg>
            )}
            {active !== undefined && reading && (
              <Readout
                title={reading.label}
                x={center(active)}
                width={width}
                values={[
                  ...shown.map(({ id, label, color, index }) => ({
                    id,
                    label,
                    color,
                    index,
                    value: written(reading.values[index]),
                  })),
                  ...(shown.length > 1
                    ? [
                        {
                          id: 'total',
                          label: m.total,
                          color: 'muted' as const,
                          index: 0,
                          value: formatValue(total(reading)),
                        },
                      ]
                    : []),
                ]}
              />
            )}
          </Walk>
        )}
      </div>
    </ChartFrame>
  )
}
