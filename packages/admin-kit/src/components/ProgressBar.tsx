import { Meter as AriaMeter, ProgressBar as AriaProgressBar, Label } from 'react-aria-components'
import type { Tone } from './Badge.tsx'
import './Bar.css'

/** How far something under way has come. @param value of `max` (default 100); undefined while nobody knows */
export function ProgressBar({
  label,
  labelHidden = false,
  value,
  max = 100,
  valueLabel,
}: {
  label: string
  labelHidden?: boolean
  value: number | undefined
  max?: number
  /** In words: "12 of 340". Default a percentage. */
  valueLabel?: string
}) {
  return (
    <AriaProgressBar
      className="e-bar"
      value={value ?? 0}
      maxValue={max}
      isIndeterminate={value === undefined}
      valueLabel={valueLabel}
    >
      {({ percentage, valueText }) => (
        <>
          <Label className={labelHidden ? 'e-hidden' : 'e-bar-label'}>{label}</Label>
          {!labelHidden && value !== undefined && <span className="e-bar-value">{valueText}</span>}
          <span className="e-bar-track">
            <span className="e-bar-fill" style={value === undefined ? undefined : { width: `${percentage}%` }} />
          </span>
        </>
      )}
    </AriaProgressBar>
  )
}

/** How much of something limited is used: a budget, a quota. @param marks shares of 1 at which something happens */
export function Meter({
  label,
  labelHidden = false,
  value,
  max,
  valueLabel,
  tone = 'positive',
  marks = [],
}: {
  label: string
  labelHidden?: boolean
  value: number
  max: number
  /** In words: "$12.00 of $50.00". */
  valueLabel: string
  tone?: Tone
  marks?: readonly number[]
}) {
  return (
    <AriaMeter
      className={`e-bar e-tone-${tone}`}
      value={Math.min(value, max)}
      maxValue={max > 0 ? max : 1}
      valueLabel={valueLabel}
    >
      {({ percentage }) => (
        <>
          <Label className={labelHidden ? 'e-hidden' : 'e-bar-label'}>{label}</Label>
          {!labelHidden && <span className="e-bar-value">{valueLabel}</span>}
          <span className="e-bar-track">
            <span className="e-bar-fill" style={{ width: `${max > 0 ? percentage : 100}%` }} />
            {marks.map((mark) => (
              <span key={mark} className="e-bar-mark" style={{ insetInlineStart: `${mark * 100}%` }} />
            ))}
          </span>
        </>
      )}
    </AriaMeter>
  )
}
