import type { ReactNode } from 'react'
import { type Target, type TargetArguments, TargetLink } from '../routing/navigation.tsx'
import type { Elsewhere } from './elsewhere.ts'
import { useElsewhere } from './useElsewhere.ts'

/** A link to a page of another plugin; plain words where that plugin is switched off, or the page not for this person. */
export function LinkElsewhere<Path extends string, Search extends object>({
  to,
  params,
  search,
  hash,
  className,
  children,
}: { to: Elsewhere<Path, Search>; className?: string; children: ReactNode } & Target<Path, Search>) {
  const find = useElsewhere()
  const where = find(to, ...([{ params, search, hash }] as unknown as TargetArguments<Path, Search>))
  if (!where) return <span className={className}>{children}</span>
  return (
    <TargetLink to={where} className={className}>
      {children}
    </TargetLink>
  )
}
