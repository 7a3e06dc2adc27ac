import type { HistoryLocation, RouterHistory } from '@tanstack/history'
import { createContext, useContext } from 'react'
import { readPath, readSearch, writePath, writeSearch } from './address.ts'
import type { Page } from './page.ts'

/** What an address stands for. */
export interface Place {
  /** Undefined where it stands for nothing. */
  readonly page: Page | undefined
  readonly params: Readonly<Record<string, string>>
  readonly search: object
  /** Below the base, without a slash at its start: "pages/1". */
  readonly path: string
  readonly hash: string
  /** Of the entry in the history. */
  readonly key: string
}

/** Somewhere that was decided elsewhere: a found object, the row of a list. Made by `target`, which checks it. */
export interface AnyTarget {
  readonly page: Page
  readonly params?: Readonly<Record<string, string>> | undefined
  readonly search?: object | undefined
  readonly hash?: string | undefined
}

/** Which page an address stands for, and how to go elsewhere. */
export interface Router {
  readonly history: RouterHistory
  /** What stands before every path: "/admin". */
  readonly base: string
  /** What the address stands for now. */
  place(): Place
  /** The address of a place, from the root: "/admin/pages/1?tab=history". */
  href(where: AnyTarget): string
  /** Takes the browser to a place; unsaved changes may hold it. */
  goTo(where: AnyTarget, options?: { readonly replace?: boolean }): void
}

/**
 * The router over the pages of the app: which page an address stands for, and back.
 *
 * @param options.base what stands before every path: "/admin"
 */
export function createRouter(
  pages: readonly Page[],
  { base, history }: { base: string; history: RouterHistory },
): Router {
  const ranked = [...pages].sort((one, other) => (rank(one) < rank(other) ? -1 : 1))
  let last: Place | undefined
  const href = ({ page, params, search = {}, hash }: AnyTarget) =>
    `${base}/${writePath(page.path, params)}${writeSearch(search, page.readSearch({}))}${hash ? `#${hash}` : ''}`
  return {
    history,
    base,
    href,
    place: () => {
      last = placeOf(history.location, base, ranked, last)
      return last
    },
    goTo: (where, { replace = false } = {}) => history[replace ? 'replace' : 'push'](href(where)),
  }
}

/** "pages/new" is asked before "pages/$id": where both fit, the one that says more is meant. */
function rank({ path }: Page): string {
  return path
    .split('/')
    .map((segment) => (segment.startsWith('$') ? '1' : '0'))
    .join('')
}

function placeOf(
  { pathname, search, hash, state }: HistoryLocation,
  base: string,
  pages: readonly Page[],
  last: Place | undefined,
): Place {
  const path = (pathname.startsWith(base) ? pathname.slice(base.length) : pathname).replace(/^\/+|\/+$/g, '')
  const at = { path, hash: hash.replace(/^#/, ''), key: state.key ?? '' }
  for (const page of pages) {
    const params = readPath(page.path, path)
    if (params) {
      const before = last?.page === page ? last.search : {}
      return { ...at, page, params, search: kept(page.readSearch(readSearch(search)), before) }
    }
  }
  return { ...at, page: undefined, params: {}, search: {} }
}

/** What did not change stays the same object: lists are not asked anew because something else in the address changed. */
function kept(state: object, before: object): object {
  const old = new Map<string, unknown>(Object.entries(before))
  return Object.fromEntries(
    Object.entries(state).map(([key, value]) => {
      const last = old.get(key)
      return [key, JSON.stringify(last) === JSON.stringify(value) ? last : value]
    }),
  )
}

export const RouterContext = createContext<Router | undefined>(undefined)
export const PlaceContext = createContext<Place | undefined>(undefined)

/** The router that the app runs with. */
export function useRouter(): Router {
  const router = useContext(RouterContext)
  if (!router) throw new Error('Links and pages work within a RouterProvider.')
  return router
}

/** What is shown: the place that the address stands for, or the last one while its page is loaded. */
export function usePlace(): Place {
  const place = useContext(PlaceContext)
  if (!place) throw new Error('Links and pages work within a RouterProvider.')
  return place
}
