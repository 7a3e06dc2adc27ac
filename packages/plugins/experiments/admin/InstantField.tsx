import { type ReactNode, useId } from 'react'

/** A moment, typed and picked in the time of the browser. @param value ISO 8601, or null where there is none */
export function InstantField({
  label,
  hint,
  error,
  value,
  onChange,
  name,
}: {
  label: string
  hint?: ReactNode
  error?: string | undefined
  value: string | null
  onChange: (value: string | null) => void
  name?: string
}) {
  const id = useId()
  return (
    <div className="e-field" data-field={name}>
      <label className="e-label" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        className="e-input"
        type="datetime-local"
        name={name}
        value={value === null ? '' : localOf(value)}
        onChange={({ currentTarget }) => {
          const at = new Date(currentTarget.value)
          onChange(Number.isNaN(at.getTime()) ? null : at.toISOString())
        }}
        aria-invalid={error ? true : undefined}
        aria-describedby={hint || error ? `${id}-notes` : undefined}
      />
      <div id={`${id}-notes`}>
        {hint && <span className="e-hint">{hint}</span>}
        {error && <span className="e-error">{error}</span>}
      </div>
    </div>
  )
}

/** As the browser's field wants it: "2026-11-21T17:30", without a zone. */
function localOf(instant: string): string {
  const at = new Date(instant)
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}
