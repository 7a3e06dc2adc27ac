import { area, curveMonotoneX, line } from 'd3-shape'
import { useMemo, useRef, useState } from 'react'
import { useMessages } from '../language/messages.ts'
import { nearest, position, valueAxis } from './axis.ts'
import { ChartFrame, type ChartTable } from './ChartFrame.tsx'
import { type ChartColor, drawnIn } from './color.ts'
import { labelsThatFit } from './labels.ts'
import { messages } from './messages.ts'
import { type Point, runs, withGaps } from './points.ts'
import { Readout } from './Readout.tsx'
import { type Step, type TimeAxis, useTimeAxis } from './timeAxis.ts'
import { useWidth } from './useWidth.ts'
import { Walk } from './Walk.tsx'

/** A line of a chart. */
export interface LineSeries {
  readonly id: string
  readonly label: string
  readonly points: readonly Point[]
  /** Default: by its place among the series. */
  readonly color?: ChartColor
  /** An earlier period, drawn dashed behind the others; its points lie at the times that they are compared with. */
  readonly comparison?: boolean
}

/**
 * Values over time: lines with gaps where nothing is known, bands where the points have ends, a cross hair that is moved by
 * pointer or arrow keys, and the same as a table.
 *
 * @param step what a point stands for; points of days are made by `dayToTime`
 * @param timeZone in which ticks and times are written, of IANA. Default: the reader's; days have none
 * @param zero whether the axis begins at 0. Default: yes
 * @param whole for counts: no tick between two whole numbers
 * @param axis what is drawn across where that is no time: `numberAxis`
 * @param reference a value to compare with, drawn as a line
 * @param live whether the last point is still moving
 * @param height in pixels, without the legend
 */
export function LineChart({
  label,
  series,
  formatValue,
  step = 'day',
  timeZone,
  axis: across,
  zero = true,
  whole = false,
  reference,
  live = false,
  height = 220,
}: {
  label: string
  series: readonly LineSeries[]
  formatValue: (value: number) => string
  step?: Step
  timeZone?: string
  axis?: TimeAxis
  zero?: boolean
  whole?: boolean
  reference?: { readonly value: number; readonly label: string }
  live?: boolean
  height?: number
}) {
  const m = useMessages(messages)
  const clock = useTimeAxis(step, timeZone)
  const time = across ?? clock
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const plotted = useMemo(
    () => series.map((one, index) => ({ ...one, index, points: withGaps(one.points, time.step) })),
    [series, time.step],
  )
  const shown = plotted.filter(({ id }) => !hidden.has(id))
  const times = useMemo(
    () => [...new Set(shown.flatMap(({ points }) => points.map(({ at }) => at)))].toSorted((a, b) => a - b),
    [shown],
  )
  const valueAt = (at: number, points: readonly Point[]) =>
    points[
      nearest(
        points.map((point) => point.at),
        at,
      )
    ]
  const written = (point: Point | undefined, at: number) =>
    point && point.at === at && point.value !== null ? formatValue(point.value) : m.unknown
  const band = (point: Point | undefined, at: number) =>
    point && point.at === at && typeof point.lower === 'number' && typeof point.upper === 'number'
      ? m.between(formatValue(point.lower), formatValue(point.upper))
      : undefined

  const table = (): ChartTable => ({
    columns: [m.time, ...plotted.map(({ label }) => label)],
    rows: times.map((at) => ({
      id: String(at),
      cells: [
        time.full(at),
        ...plotted.map(({ points }) => {
          const point = valueAt(at, points)
          return [written(point, at), band(point, at)].filter(Boolean).join(', ')
        }),
      ],
    })),
  })

  const frame = useRef<HTMLDivElement>(null)
  const width = useWidth(frame)
  const [active, setActive] = useState<number>()
  const values = shown.flatMap(({ points }) => points.flatMap(({ value, lower, upper }) => [value, lower, upper]))
  const axis = valueAxis(reference ? [...values, reference.value] : values, {
    zero,
    whole,
    count: height < 140 ? 2 : 4,
  })
  const labels = axis.ticks.map(formatValue)
  const left = Math.max(...labels.map(({ length }) => length), 1) * 6.6 + 10
  const bottom = height - 22
  const first = times[0] ?? 0
  const last = times.at(-1) ?? 0
  const x = position(first, last, left + 6, width - 10)
  const y = position(axis.from, axis.to, bottom, 8)
  const round = (value: number) => Math.round(value) + 0.5
  const isKnown = values.some((value) => typeof value === 'number')
  const reading = active === undefined ? undefined : times[Math.min(active, times.length - 1)]

  return (
    <ChartFrame
      label={label}
      height={height}
      legend={series.map(({ id, label, color, comparison }) => ({ id, label, color, dashed: comparison }))}
      hidden={hidden}
      onToggle={(id) => setHidden(toggled(hidden, id))}
      table={table}
    >
      <div ref={frame} className="e-chart-frame" style={{ height }}>
        {!isKnown ? (
          <p className="e-chart-nothing">{m.nothing}</p>
        ) : (
          <Walk
            label={label}
            count={times.length}
            active={active}
            onWalk={setActive}
            height={height}
            at={(pixel) => nearest(times, position(left + 6, width - 10, first, last)(pixel))}
            says={(index) => {
              const at = times[index] ?? first
              return m.point(
                time.full(at),
                shown.map(({ label, points }) => m.named(label, written(valueAt(at, points), at))),
              )
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
                      y1={round(y(tick))}
                      y2={round(y(tick))}
                    />
                    <text x={left - 6} y={y(tick)} dy="0.35em" textAnchor="end">
                      {labels[index]}
                    </text>
                  </g>
                ))}
                {labelsThatFit(time.ticks(first, last, Math.max(2, Math.floor(width / 90))), x, left, width).map(
                  ({ at, label, center }) => (
                    <text key={at} x={center} y={height - 4} textAnchor="middle">
                      {label}
                    </text>
                  ),
                )}
                {reference && (
                  <g className="e-chart-reference">
                    <line x1={left} x2={width} y1={round(y(reference.value))} y2={round(y(reference.value))} />
                    <text x={width - 2} y={y(reference.value) - 5} textAnchor="end">
                      {reference.label}
                    </text>
                  </g>
                )}
                {shown
                  .toSorted((a, b) => Number(b.comparison ?? false) - Number(a.comparison ?? false))
                  .map((one) => (
                    <g
                      key={one.id}
                      className="e-chart-line"
                      data-comparison={one.comparison || undefined}
                      style={drawnIn(one.color, one.index)}
                    >
                      {runs(one.points).map((run) => (
                        <Run key={run[0]?.at} points={run} x={x} y={y} />
                      ))}
                      {live && !one.comparison && (
                        <LivePoint point={one.points.findLast(({ value }) => value !== null)} x={x} y={y} />
                      )}
                    </g>
                  ))}
                {reading !== undefined && (
                  <g>
                    <line className="e-chart-cross" x1={round(x(reading))} x2={round(x(reading))} y1={8} y2={bottom} />
                    {shown.map((one) => {
                      const point = valueAt(reading, one.points)
                      return point?.at === reading && point.value !== null ? (
                        <circle
                          key={one.id}
                          className="e-chart-dot"
                          style={drawnIn(one.color, one.index)}
                          cx={x(reading)}
                          cy={y(point.value)}
                          r={4}
                        />
                      ) : null
                    })}
                  </g>
                )}
              </svg>
            )}
            {reading !== undefined && (
              <Readout
                title={time.full(reading)}
                x={x(reading)}
                width={width}
                values={shown.map(({ id, label, points, color, comparison, index }) => {
                  const point = valueAt(reading, points)
                  const earlier = comparison && point?.of !== undefined ? time.full(point.of) : undefined
                  return {
                    id,
                    label,
                    color,
                    dashed: comparison,
                    index,
                    value: written(point, reading),
                    detail: earlier ?? band(point, reading),
                  }
                })}
              />
            )}
          </Walk>
        )}
      </div>
    </ChartFrame>
  )
}

/** A stretch without gaps: its band, its line; a point that stands alone is a dot. */
function Run({ points, x, y }: { points: readonly Point[]; x: (at: number) => number; y: (value: number) => number }) {
  const banded = points.filter(({ lower, upper }) => typeof lower === 'number' && typeof upper === 'number')
  const bandPath = area<Point>()
    .x(({ at }) => x(at))
    .y0(({ lower }) => y(lower ?? 0))
    .y1(({ upper }) => y(upper ?? 0))
    .curve(curveMonotoneX)
  const linePath = line<Point>()
    .x(({ at }) => x(at))
    .y(({ value }) => y(value ?? 0))
    .curve(curveMonotoneX)
  const [only] = points
  return (
    <>
      {banded.length > 1 && <path className="e-chart-band" d={bandPath(banded) ?? undefined} />}
      {points.length > 1 ? (
        <path d={linePath(points as Point[]) ?? undefined} />
      ) : (
        only && <circle cx={x(only.at)} cy={y(only.value ?? 0)} r={3} />
      )}
    </>
  )
}

function LivePoint({
  point,
  x,
  y,
}: {
  point: Point | undefined
  x: (at: number) => number
  y: (value: number) => number
}) {
  return point ? <circle className="e-chart-live" cx={x(point.at)} cy={y(point.value ?? 0)} r={4} /> : null
}

/** What is hidden after one more press. */
export function toggled(hidden: ReadonlySet<string>, id: string): ReadonlySet<string> {
  return hidden.has(id) ? new Set([...hidden].filter((other) => other !== id)) : new Set([...hidden, id])
}
