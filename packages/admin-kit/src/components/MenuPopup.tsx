import type { RefObject } from 'react'
import { Header, Keyboard, Menu, MenuItem, MenuSection, Popover, Separator } from 'react-aria-components'
import { useGoToTarget } from '../routing/navigation.tsx'
import type { MenuEntry, MenuGroup } from './Menu.tsx'
import './Popover.css'

/** The open menu of a `MenuButton`: takes the focus, and gives it back when it closes. */
export default function MenuPopup({
  label,
  groups,
  trigger,
  onClose,
}: {
  label: string
  groups: readonly MenuGroup[]
  trigger: RefObject<HTMLButtonElement | null>
  onClose: () => void
}) {
  const goTo = useGoToTarget()
  const run = (id: unknown) => {
    const entry = groups.flatMap(({ entries }) => entries).find((entry) => entry.id === id)
    entry?.run?.()
    if (entry?.to) goTo(entry.to)
  }
  return (
    <Popover
      aria-label={label}
      className="e-popover"
      offset={4}
      trigger="MenuTrigger"
      triggerRef={trigger}
      isOpen
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose()
      }}
    >
      <Menu className="e-options" aria-label={label} autoFocus="first" onAction={run} onClose={onClose}>
        {groups.map(({ id, title, entries }, index) => (
          <MenuSection key={id} id={id} className="e-options-section" aria-label={title ?? label}>
            {title && <Header>{title}</Header>}
            {index > 0 && !title && <Separator />}
            {entries.map((entry) => (
              <Entry key={entry.id} entry={entry} />
            ))}
          </MenuSection>
        ))}
      </Menu>
    </Popover>
  )
}

function Entry({ entry: { id, label, detail, icon: Icon, danger, disabled, keys } }: { entry: MenuEntry }) {
  return (
    <MenuItem
      id={id}
      textValue={label}
      className={danger ? 'e-option e-option-danger' : 'e-option'}
      isDisabled={disabled ?? false}
    >
      {Icon && <Icon size={15} aria-hidden="true" />}
      <span>{label}</span> {detail && <span className="e-option-detail">{detail}</span>}{' '}
      {keys && <Keyboard>{keys}</Keyboard>}
    </MenuItem>
  )
}
