import { position } from './axis.ts'
import { type ChartColor, drawnIn } from './color.ts'
import './charts.css'

/**
 * The course of a number, small: it says up or down, not how much. Gaps are where nothing is known.
 *
 * @param values in order of time
 * @param label accessible name; without one it is hidden from screen readers, because the numbers stand beside it
 * @param zero whether its floor is 0. Default: yes
 */
export function Sparkline({
  values,
  label,
  color = 1,
  zero = true,
}: {
  values: readonly (number | null)[]
  label?: string
  color?: ChartColor
  zero?: boolean
}) {
  const known = values.filter((value) => value !== null && Number.isFinite(value)) as number[]
  const low = Math.min(...known, ...(zero ? [0] : []))
  const high = Math.max(...known, ...(zero ? [0] : []))
  const x = position(0, Math.max(1, values.length - 1), 0, 100)
  // All zeros lie on the floor, not in the middle.
  const y = position(low, high === low ? low + 1 : high, 22, 2)
  const paths = segments(values).map((run) =>
    run.map(([index, value], at) => `${at === 0 ? 'M' : 'L'}${x(index)},${y(value)}`).join(''),
  )
  const end = values.findLastIndex((value) => value !== null)
  const named = label ? ({ role: 'img', 'aria-label': label } as const) : ({ 'aria-hidden': true } as const)
  return (
    <span className="e-sparkline" style={drawnIn(color, 0)} {...named}>
      <svg viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">
        {paths.map((d) => (
          <path key={d} d={d} />
        ))}
      </svg>
      {end >= 0 && <i style={{ left: `${x(end)}%`, top: `${(y(values[end] ?? 0) / 24) * 100}%` }} />}
    </span>
  )
}

function segments(values: readonly (number | null)[]): [number, number][][] {
  const spans: [number, number][][] = []
  let open: [number, number][] | undefined
  values.forEach((value, index) => {
    if (value === null || !Number.isFinite(value)) open = undefined
    else if (open) open.push([index, value])
    else {
      open = [[index, value]]
      spans.push(open)
    }
  })
  return spans
}
