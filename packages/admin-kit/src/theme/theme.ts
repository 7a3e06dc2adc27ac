import { useSyncExternalStore } from 'react'

/** As the system has it, or always one of the two. */
export const themes = ['system', 'light', 'dark'] as const
/** A look: light, dark, or as the system says. */
export type Theme = (typeof themes)[number]

/**
 * How the app looks, as it was chosen in this browser. packages/admin/public/theme.js sets it before the first paint, so that
 * nothing flashes.
 *
 * @returns the choice, and how to make one
 */
export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  return [useSyncExternalStore(subscribe, remembered), choose] as const
}

/** Where the choice is kept; another tab that changes it changes this one. */
const key = 'theme'
const listeners = new Set<() => void>()

function remembered(): Theme {
  const kept = localStorage.getItem(key)
  return themes.find((theme) => theme === kept) ?? 'system'
}

function choose(theme: Theme): void {
  localStorage.setItem(key, theme)
  show()
}

function show(): void {
  const theme = remembered()
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) addEventListener('storage', show)
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) removeEventListener('storage', show)
  }
}
