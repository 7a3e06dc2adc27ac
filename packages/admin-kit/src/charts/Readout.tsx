import { Swatch } from './ChartFrame.tsx'
import type { ChartColor } from './color.ts'

export interface ReadValue {
  readonly id: string
  readonly label: string
  readonly value: string
  readonly color?: ChartColor | undefined
  readonly index: number
  readonly dashed?: boolean | undefined
  /** A quieter line below: an interval, the day that is compared. */
  readonly detail?: string | undefined
}

/**
 * The values at the point that is read, beside the cross hair. What it says is said to screen readers by the slider.
 *
 * @param x of the cross hair in pixels
 * @param width of the drawing in pixels
 */
export function Readout({
  title,
  values,
  x,
  width,
}: {
  title: string
  values: readonly ReadValue[]
  x: number
  width: number
}) {
  const side = x > width / 2 ? { right: Math.min(width - x + 10, width / 2) } : { left: Math.min(x + 10, width / 2) }
  return (
    <div className="e-chart-readout" style={side} aria-hidden="true">
      <strong>{title}</strong>
      <dl>
        {values.map(({ id, label, value, color, index, dashed, detail }) => (
          <div key={id}>
            <dt>
              <Swatch color={color} index={index} dashed={dashed} />
              {label}
            </dt>
            <dd>
              {value}
              {detail && <small>{detail}</small>}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  )
}
