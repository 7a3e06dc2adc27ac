import { type ComponentPropsWithoutRef, type MouseEvent, useCallback, useEffect, useState } from 'react'
import { writePath } from './address.ts'
import type { Page, PathParams } from './page.ts'
import { type AnyTarget, usePlace, useRouter } from './router.ts'

/** Where to go: a page, with what its path and its state in the address need. */
export type Target<Path extends string, Search extends object> = {
  /** Of the state in the address; what is left out has its default. */
  readonly search?: Partial<Search>
  readonly hash?: string
} & (keyof PathParams<Path> extends never ? { readonly params?: undefined } : { readonly params: PathParams<Path> })

/** A checked place to go to, for those who take any page. */
export function target<Path extends string, Search extends object>(
  page: Page<Path, Search>,
  ...[where]: TargetArguments<Path, Search>
): AnyTarget {
  const { params, search, hash } = where ?? {}
  return { page, params: params as Readonly<Record<string, string>> | undefined, search, hash }
}

/** The second argument may be left out where the path has no parameters. */
export type TargetArguments<Path extends string, Search extends object> = keyof PathParams<Path> extends never
  ? [where?: Target<Path, Search>]
  : [where: Target<Path, Search>]

/** What a {@link Link} takes: a page with its parameters, and its words. */
export type LinkProps<Path extends string, Search extends object> = Target<Path, Search> & {
  to: Page<Path, Search>
  /** The current page is this one, not one below it: for links side by side of which one leads to the root of the others. */
  exact?: boolean
} & Omit<ComponentPropsWithoutRef<'a'>, 'href' | 'to'>

/** A link to a page of the app. The page is loaded ahead when the pointer or the focus comes to it. */
export function Link<Path extends string, Search extends object>({
  to,
  params,
  search,
  hash,
  exact = false,
  ...rest
}: LinkProps<Path, Search>) {
  const where = { page: to, params: params as Readonly<Record<string, string>> | undefined, search, hash }
  const { path } = usePlace()
  const own = writePath(to.path, where.params)
  const isHere = path === own || (!exact && path.startsWith(`${own}/`))
  return <TargetLink aria-current={isHere ? 'page' : undefined} {...rest} to={where} />
}

/** A link to a place that was decided elsewhere, made by `target`. `Link` where the page is known. */
export function TargetLink({
  to,
  onClick,
  onPointerEnter,
  onFocus,
  ...rest
}: { to: AnyTarget } & Omit<ComponentPropsWithoutRef<'a'>, 'href'>) {
  const { href, goTo } = useRouter()
  const loadAhead = () => void to.page.load().catch(() => {})
  return (
    <a
      {...rest}
      href={href(to)}
      onPointerEnter={(event) => {
        loadAhead()
        onPointerEnter?.(event)
      }}
      onFocus={(event) => {
        loadAhead()
        onFocus?.(event)
      }}
      onClick={(event) => {
        onClick?.(event)
        if (!staysInTab(event)) return
        event.preventDefault()
        goTo(to)
      }}
    />
  )
}

/** Whether a click on a link goes there in this tab: whoever holds Ctrl wants another one, and so on. */
export function staysInTab(event: MouseEvent<HTMLAnchorElement>): boolean {
  const { target } = event.currentTarget
  const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey
  return !event.defaultPrevented && event.button === 0 && !elsewhere && (target === '' || target === '_self')
}

/** Goes to a page, as a link does. */
export function useGoTo(): GoTo {
  const { goTo } = useRouter()
  return useCallback((page, ...where) => goTo(target(page, ...where)), [goTo])
}

/** Goes to a page, typed by its path and search. */
export type GoTo = <Path extends string, Search extends object>(
  page: Page<Path, Search>,
  ...where: TargetArguments<Path, Search>
) => void

/** Goes to a place that `target` made. */
export function useGoToTarget(): (where: AnyTarget) => void {
  const { goTo } = useRouter()
  return useCallback((where) => goTo(where), [goTo])
}

/** The address of a place, from the root: "/admin/pages/…", for menus and for copying. */
export function useHref(): (where: AnyTarget) => string {
  return useRouter().href
}

/**
 * The parameters and the state in the address of the page that is shown.
 *
 * @returns `setSearch` changes some of the state; it replaces the entry of the history unless `push` is set, so that
 *   Back leaves the page instead of walking through every filter
 */
export function usePage<Path extends string, Search extends object>(
  _page: Page<Path, Search>,
): {
  readonly params: PathParams<Path>
  readonly search: Search
  readonly setSearch: (change: Partial<Search>, options?: { push?: boolean }) => void
} {
  const router = useRouter()
  const { page, params, search } = usePlace()
  const setSearch = useCallback(
    (change: Partial<Search>, { push = false }: { push?: boolean } = {}) => {
      // From the address, not from what is shown: two changes in a row both count.
      const now = router.place()
      // Whoever has gone on to another page leaves its state alone.
      if (!page || now.page !== page) return
      router.goTo({ page, params: now.params, search: { ...now.search, ...change } }, { replace: !push })
    },
    [router, page],
  )
  return { params: params as PathParams<Path>, search: search as Search, setSearch }
}

/**
 * Asks before somebody leaves a page whose changes are not saved: in words of the app for its own links, in those of
 * the browser for closing the tab.
 *
 * @returns the question that is open, with both answers; undefined while there is none
 */
export function useUnsavedGuard(dirty: boolean): UnsavedQuestion | undefined {
  const { history } = useRouter()
  const [question, setQuestion] = useState<UnsavedQuestion>()
  useEffect(() => {
    if (!dirty) return
    return history.block({
      blockerFn: async ({ currentLocation, nextLocation }) => {
        if (currentLocation.pathname === nextLocation.pathname) return false
        const stays = await new Promise<boolean>((resolve) =>
          setQuestion({ stay: () => resolve(true), leave: () => resolve(false) }),
        )
        setQuestion(undefined)
        return stays
      },
    })
  }, [dirty, history])
  return question
}

/** The question before unsaved changes are left. */
export interface UnsavedQuestion {
  stay(): void
  leave(): void
}
