import type { RouterHistory } from '@tanstack/history'
import { useEffect, useLayoutEffect, useRef } from 'react'
import type { Place } from './router.ts'

/** For how long a page may grow until it reaches to where one was, in milliseconds: its data come one by one. */
const patience = 15_000

/** Where one was stays with the tab, over a reload as well. */
const storageKey = 'espalier:scroll'

/**
 * Begins each page at its top, or at the place that the address names, and comes back to where one was by Back and
 * Forward. What changes only the state in the address moves nothing.
 */
export function useScroll(history: RouterHistory, place: Place): void {
  const last = useRef<Place>(undefined)
  const returning = useRef(true)
  useEffect(() => {
    window.history.scrollRestoration = 'manual'
    const leave = () => remember(last.current)
    const unsubscribe = history.subscribe(({ action }) => {
      leave()
      returning.current = action.type !== 'PUSH' && action.type !== 'REPLACE'
    })
    addEventListener('pagehide', leave)
    return () => {
      unsubscribe()
      removeEventListener('pagehide', leave)
    }
  }, [history])
  useLayoutEffect(() => {
    const before = last.current
    last.current = place
    if (before && before.path === place.path && before.hash === place.hash) return undefined
    const top = returning.current ? positions()[place.key] : undefined
    if (top) return scrollWhenThere(() => document.documentElement.scrollHeight >= top + innerHeight, top)
    if (place.hash) return scrollWhenThere(() => document.getElementById(place.hash) !== null, place.hash)
    if (before) scrollTo(0, 0)
    return undefined
  }, [place])
}

/** @returns what ends the waiting, as does anybody who scrolls */
function scrollWhenThere(isThere: () => boolean, where: number | string): () => void {
  const stop = new AbortController()
  const observer = new MutationObserver(() => move())
  stop.signal.addEventListener('abort', () => observer.disconnect())
  const move = () => {
    if (!isThere()) return
    if (typeof where === 'number') scrollTo(0, where)
    else document.getElementById(where)?.scrollIntoView()
    stop.abort()
  }
  observer.observe(document.body, { childList: true, subtree: true })
  const timer = setTimeout(() => stop.abort(), patience)
  for (const event of ['wheel', 'touchmove', 'keydown', 'pointerdown'])
    addEventListener(event, () => stop.abort(), { signal: stop.signal, passive: true })
  move()
  return () => {
    clearTimeout(timer)
    stop.abort()
  }
}

function remember(place: Place | undefined): void {
  if (!place) return
  const known = { ...positions(), [place.key]: scrollY }
  // The newest hundred: nobody goes back further, and the room is small.
  sessionStorage.setItem(storageKey, JSON.stringify(Object.fromEntries(Object.entries(known).slice(-100))))
}

function positions(): Record<string, number> {
  try {
    return JSON.parse(sessionStorage.getItem(storageKey) ?? '{}')
  } catch {
    return {}
  }
}
