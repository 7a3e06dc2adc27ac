import { scale } from './scale.ts'

/**
 * An interval with its estimate, on an axis that all rows of a table share, so that they can be compared by eye. Hidden from
 * those who do not see it: the numbers stand beside it.
 *
 * @param range of the axis
 * @param zero where to draw the line that they are compared with
 */
export function Interval({
  estimate,
  lower,
  upper,
  range: [from, to],
  zero,
}: {
  estimate: number
  lower: number
  upper: number
  range: readonly [number, number]
  zero?: number
}) {
  const x = scale(from, to, 4, 196)
  const inside = (value: number) => Math.min(198, Math.max(2, x(value)))
  return (
    <svg className="interval" viewBox="0 0 200 20" preserveAspectRatio="none" aria-hidden="true">
      {zero !== undefined && <line className="grid" x1={inside(zero)} x2={inside(zero)} y1="0" y2="20" />}
      <line className="whisker" x1={inside(lower)} x2={inside(upper)} y1="10" y2="10" />
      <rect className="estimate" x={inside(estimate) - 3} y="5" width="6" height="10" />
    </svg>
  )
}
