import { Ellipsis, type LucideIcon } from 'lucide-react'
import { type ReactNode, Suspense, useRef, useState } from 'react'
import { useMessages } from '../language/messages.ts'
import type { AnyTarget } from '../routing/router.ts'
import { Button, type ButtonSize, type ButtonVariant, IconButton } from './Button.tsx'
import { loadedLater } from './loadedLater.ts'
import { words } from './words.ts'

const loadPopup = () => import('./MenuPopup.tsx')
// Ahead of time: what does not come now is loaded when the menu opens.
const comeNear = () => void loadPopup().catch(() => {})
const MenuPopup = loadedLater(loadPopup)

/** Something that a menu offers: it does something, or goes somewhere. */
export interface MenuEntry {
  readonly id: string
  readonly label: string
  readonly detail?: string
  readonly icon?: LucideIcon
  /** Takes something away. */
  readonly danger?: boolean
  readonly disabled?: boolean
  /** Keys that do the same, as they are shown. */
  readonly keys?: string
  readonly run?: () => void
  readonly to?: AnyTarget
}

/** Entries under a heading, or set apart by a line. */
export interface MenuGroup {
  readonly id: string
  readonly title?: string
  readonly entries: readonly MenuEntry[]
}

/** What a {@link MenuButton} takes. */
export interface MenuButtonProps {
  /** What the button says; without it the button is three dots that say "More actions". */
  label?: string
  icon?: LucideIcon
  /** The label is read out and not shown. */
  iconOnly?: boolean
  variant?: ButtonVariant
  size?: ButtonSize
  entries?: readonly (MenuEntry | false | undefined)[]
  groups?: readonly MenuGroup[]
  disabled?: boolean
  children?: ReactNode
}

/** A button that opens a menu. The menu itself is loaded when somebody comes near. */
export function MenuButton(props: MenuButtonProps) {
  const m = useMessages(words)
  const { icon, variant, size, entries = [], groups, disabled = false } = props
  const label = props.label ?? m.more
  const trigger = useRef<HTMLButtonElement>(null)
  const [open, setOpen] = useState(false)
  const button = {
    ref: trigger,
    disabled,
    'aria-haspopup': 'menu' as const,
    'aria-expanded': open,
    onPress: () => setOpen(true),
    onHoverStart: comeNear,
    onFocus: comeNear,
    onKeyDown: (event: { key: string }) => {
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') setOpen(true)
    },
    ...(variant ? { variant } : {}),
    ...(size ? { size } : {}),
  }
  return (
    <>
      {props.iconOnly || props.label === undefined ? (
        <IconButton {...button} label={label} icon={icon ?? Ellipsis} />
      ) : (
        <Button {...button} {...(icon ? { icon } : {})}>
          {props.children ?? label}
        </Button>
      )}
      {open && (
        <Suspense>
          <MenuPopup
            label={label}
            groups={groups ?? [{ id: 'all', entries: entries.filter((entry) => !!entry) }]}
            trigger={trigger}
            onClose={() => setOpen(false)}
          />
        </Suspense>
      )}
    </>
  )
}
