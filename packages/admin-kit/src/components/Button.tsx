import type { LucideIcon } from 'lucide-react'
import { type ReactNode, type Ref, Suspense, useState } from 'react'
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components'
import { loadedLater } from './loadedLater.ts'
import { Spinner } from './Spinner.tsx'
import './Button.css'

/** How much a button asks for attention. */
export type ButtonVariant = 'primary' | 'secondary' | 'quiet' | 'danger'
/** How large a button is. */
export type ButtonSize = 'small' | 'medium'

/** What any button takes of react-aria-components. */
export type Pressed = Omit<AriaButtonProps, 'className' | 'style' | 'isPending' | 'isDisabled' | 'children' | 'render'>

/** What a {@link Button} takes. */
export interface ButtonProps extends Pressed {
  /** One `primary` in a view: what it is there for. Default secondary. */
  variant?: ButtonVariant
  size?: ButtonSize
  /** Stands before the words. */
  icon?: LucideIcon
  /** What it started is under way: it keeps its place and the focus, and cannot be pressed. */
  busy?: boolean
  disabled?: boolean
  ref?: Ref<HTMLButtonElement>
  children: ReactNode
}

/** A button with words. What it does is in `onPress`; in a form `type="submit"`. */
export function Button({
  variant = 'secondary',
  size = 'medium',
  icon: Icon,
  busy = false,
  disabled = false,
  children,
  ...rest
}: ButtonProps) {
  return (
    <AriaButton {...rest} className={buttonClass(variant, size)} isPending={busy} isDisabled={disabled}>
      {Icon && <Icon size={16} aria-hidden="true" />}
      <span className="e-button-words">{children}</span>
      {busy && <Spinner />}
    </AriaButton>
  )
}

/** What an {@link IconButton} takes: a label, since it has no words. */
export interface IconButtonProps extends Pressed {
  /** What it does, in words: read out, and shown when one points at it. */
  label: string
  icon: LucideIcon
  variant?: ButtonVariant
  size?: ButtonSize
  busy?: boolean
  disabled?: boolean
  ref?: Ref<HTMLButtonElement>
}

const IconButtonTooltip = loadedLater(() => import('./IconButtonTooltip.tsx'))

/** A button that is an icon alone. Its words come as a tooltip. */
export function IconButton({
  label,
  icon: Icon,
  variant = 'quiet',
  size = 'medium',
  busy = false,
  disabled = false,
  onHoverStart,
  onFocus,
  ...rest
}: IconButtonProps) {
  const [reached, setReached] = useState<Element>()
  return (
    <>
      <AriaButton
        {...rest}
        aria-label={label}
        className={`${buttonClass(variant, size)} e-button-icon`}
        isPending={busy}
        isDisabled={disabled}
        onHoverStart={(event) => {
          setReached(event.target)
          onHoverStart?.(event)
        }}
        onFocus={(event) => {
          setReached(event.target)
          onFocus?.(event)
        }}
      >
        {busy ? <Spinner /> : <Icon size={16} aria-hidden="true" />}
      </AriaButton>
      {reached && (
        <Suspense>
          <IconButtonTooltip button={reached} label={label} />
        </Suspense>
      )}
    </>
  )
}

/** The classes of what looks like a button. */
export function buttonClass(variant: ButtonVariant, size: ButtonSize): string {
  return `e-button e-button-${variant}${size === 'small' ? ' e-button-small' : ''}`
}
