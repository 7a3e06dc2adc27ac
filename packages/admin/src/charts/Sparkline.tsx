import { scale } from './scale.ts'

/** The course of a number, small: it says up or down, not how much. Gaps are where nothing is known. */
export function Sparkline({ values }: { values: readonly (number | null)[] }) {
  const known = values.filter((value) => value !== null)
  if (known.length < 2) return null
  const x = scale(0, values.length - 1, 2, 98)
  const y = scale(Math.min(...known), Math.max(...known), 22, 2)
  const points = values.flatMap((value, index) => (value === null ? [] : [`${x(index)},${y(value)}`]))
  return (
    <svg className="sparkline" viewBox="0 0 100 24" aria-hidden="true">
      <polyline points={points.join(' ')} />
    </svg>
  )
}
