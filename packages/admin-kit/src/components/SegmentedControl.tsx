import type { LucideIcon } from 'lucide-react'
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components'
import './SegmentedControl.css'

/** Switches a view between two to five ways, which all stand in one row. */
export function SegmentedControl<Id extends string>({
  label,
  options,
  value,
  onChange,
}: {
  /** Read out: what is switched. */
  label: string
  options: readonly { readonly id: Id; readonly label: string; readonly icon?: LucideIcon }[]
  value: Id
  onChange: (value: Id) => void
}) {
  return (
    <ToggleButtonGroup
      aria-label={label}
      className="e-segments"
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      onSelectionChange={(keys) => {
        const chosen = options.find(({ id }) => keys.has(id))
        if (chosen) onChange(chosen.id)
      }}
    >
      {options.map(({ id, label: words, icon: Icon }) => (
        <ToggleButton key={id} id={id} className="e-segment">
          {Icon && <Icon size={14} aria-hidden="true" />}
          {words}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  )
}
