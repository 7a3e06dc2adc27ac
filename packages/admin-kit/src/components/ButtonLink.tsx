import type { LucideIcon } from 'lucide-react'
import type { ComponentProps, ReactNode } from 'react'
import { Link, type Target } from '../routing/navigation.tsx'
import type { Page } from '../routing/page.ts'
import { type ButtonSize, type ButtonVariant, buttonClass } from './Button.tsx'

/** What a {@link ButtonLink} takes: a page, and how it looks. */
export type ButtonLinkProps<Path extends string, Search extends object> = Target<Path, Search> & {
  to: Page<Path, Search>
  variant?: ButtonVariant
  size?: ButtonSize
  icon?: LucideIcon
  children: ReactNode
} & Omit<ComponentProps<'a'>, 'href' | 'className' | 'ref'>

/** A link to a page that looks like a button: for going somewhere, where `Button` does something. */
export function ButtonLink<Path extends string, Search extends object>({
  variant = 'secondary',
  size = 'medium',
  icon: Icon,
  children,
  ...link
}: ButtonLinkProps<Path, Search>) {
  const props = { ...link, className: buttonClass(variant, size) }
  return (
    <Link<Path, Search> {...(props as ComponentProps<typeof Link<Path, Search>>)}>
      {Icon && <Icon size={16} aria-hidden="true" />}
      <span>{children}</span>
    </Link>
  )
}
