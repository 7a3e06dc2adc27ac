import type { TargetArguments } from '../routing/navigation.tsx'
import type { AnyTarget } from '../routing/router.ts'
import { useContributions } from './contributions.tsx'
import type { Elsewhere } from './elsewhere.ts'
import { useViewer } from './viewer.tsx'

/**
 * Where a page of another plugin is.
 *
 * @returns asked with the page and what it needs: a place as `target` makes it; undefined where that plugin is switched
 *   off or the page is not for this person
 */
export function useElsewhere(): <Path extends string, Search extends object>(
  to: Elsewhere<Path, Search>,
  ...where: TargetArguments<Path, Search>
) => AnyTarget | undefined {
  const { pageAt } = useContributions()
  const { may } = useViewer()
  return ({ plugin, path }, ...[where]) => {
    const page = pageAt(plugin, path)
    if (!page || !may(page.permission)) return undefined
    const { params, search, hash } = where ?? {}
    return { page, params: params as Readonly<Record<string, string>> | undefined, search, hash }
  }
}
