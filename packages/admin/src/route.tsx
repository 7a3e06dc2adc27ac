import { type AnchorHTMLAttributes, type MouseEvent, useEffect, useRef, useSyncExternalStore } from 'react'

/** Below which the app lives. */
const base = '/admin/'

/** Where one is, without the base and with the query: "improvement/…?tab=steps". It changes with back and forward. */
export function useRoute(): { readonly path: readonly string[]; readonly query: URLSearchParams } {
  const here = useSyncExternalStore(onMove, () => location.pathname.slice(base.length) + location.search)
  const [path = '', query] = here.split('?')
  return { path: path.split('/').filter(Boolean).map(decodeURIComponent), query: new URLSearchParams(query) }
}

function onMove(tell: () => void): () => void {
  addEventListener('popstate', tell)
  return () => removeEventListener('popstate', tell)
}

/** Goes to a place of the app, as a click on a link does. @param replace leaves no entry in the history: for filters */
export function goTo(to: string, { replace = false } = {}): void {
  history[replace ? 'replaceState' : 'pushState'](null, '', base + to)
  dispatchEvent(new PopStateEvent('popstate'))
}

/** A link within the app. Held keys and the middle button do what they do everywhere. */
export function Link({ to, children, onClick, ...rest }: { to: string } & AnchorHTMLAttributes<HTMLAnchorElement>) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event)
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return
    event.preventDefault()
    goTo(to)
    scrollTo(0, 0)
  }
  return (
    <a {...rest} href={base + to} onClick={follow}>
      {children}
    </a>
  )
}

/** The heading of a screen: names the tab, and takes the focus when one comes to it from another screen. */
export function ScreenHeading({ children }: { children: string }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${children} · Espalier`
  }, [children])
  useEffect(() => {
    if (arrived) heading.current?.focus()
    arrived = true
  }, [])
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  )
}

/** The first screen of a visit leaves the focus where browsers put it. */
let arrived = false
