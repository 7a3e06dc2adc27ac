import { loadedLater, toast, useContributions, useGoTo, useMessages, usePlace, useViewer } from '@espalier/admin-kit'
import { Menu as MenuIcon, Search } from 'lucide-react'
import { Suspense, useCallback, useEffect, useMemo, useState } from 'react'
import { AccountMenu } from './AccountMenu.tsx'
import { ConnectionState } from './ConnectionState.tsx'
import './frame.css'
import { messages } from './messages.ts'
import { Navigation } from './Navigation.tsx'
import { PageOutlet } from './PageOutlet.tsx'
import { useShortcuts } from './shortcuts.ts'
import { WorkspaceMenu } from './WorkspaceMenu.tsx'

const NavigationDrawer = loadedLater(() => import('./NavigationDrawer.tsx'), NotLoaded)
const loadPalette = () => import('./palette/Palette.tsx')
const preload = () => void loadPalette().catch(() => {})
const Palette = loadedLater(loadPalette, NotLoaded)
const ShortcutsHelp = loadedLater(() => import('./ShortcutsHelp.tsx'), NotLoaded)

/** What stays while pages come and go: the navigation at the side, the palette, the state of the connection. */
export function Frame() {
  const m = useMessages(messages)
  const [open, setOpen] = useState<'palette' | 'shortcuts' | 'navigation'>()
  const close = useCallback(() => setOpen(undefined), [])
  usePaletteKey(() => setOpen('palette'))
  useAppShortcuts(() => setOpen('shortcuts'))
  const { path, page } = usePlace()
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever has arrived needs the way no more
  useEffect(close, [path, close])
  return (
    <div className="frame">
      <a className="frame-skip e-hidden" href="#content">
        {m.skip}
      </a>
      <header className="frame-top">
        <button
          type="button"
          className="frame-icon"
          aria-label={m.openNavigation}
          onClick={() => setOpen('navigation')}
        >
          <MenuIcon aria-hidden size={18} />
        </button>
        <strong>Espalier</strong>
        <button type="button" className="frame-icon" aria-label={m.search} onClick={() => setOpen('palette')}>
          <Search aria-hidden size={18} />
        </button>
      </header>
      <header className="frame-side">
        <Side onSearch={() => setOpen('palette')} onShortcuts={() => setOpen('shortcuts')} />
      </header>
      <main id="content" className="frame-main" tabIndex={-1} data-page={page?.path}>
        <ConnectionState />
        <PageOutlet />
      </main>
      <Suspense>
        {open === 'navigation' && (
          <NavigationDrawer onClose={close}>
            <Side onSearch={() => setOpen('palette')} onShortcuts={() => setOpen('shortcuts')} />
          </NavigationDrawer>
        )}
        {open === 'palette' && <Palette onClose={close} />}
        {open === 'shortcuts' && <ShortcutsHelp onClose={close} />}
      </Suspense>
    </div>
  )
}

/** In place of what could not be loaded: says so and closes, so that it is asked for anew the next time. */
function NotLoaded({ onClose }: { onClose: () => void }) {
  const m = useMessages(messages)
  useEffect(() => {
    toast(m.notLoaded, { tone: 'critical' })
    onClose()
  }, [m, onClose])
  return null
}

function Side({ onSearch, onShortcuts }: { onSearch: () => void; onShortcuts: () => void }) {
  const m = useMessages(messages)
  return (
    <>
      <WorkspaceMenu />
      <button type="button" className="frame-search" onClick={onSearch} onPointerEnter={preload} onFocus={preload}>
        <Search aria-hidden size={14} />
        {m.search}
        <kbd>{isMac ? '⌘ K' : 'Ctrl K'}</kbd>
      </button>
      <Navigation />
      <AccountMenu onShortcuts={onShortcuts} />
    </>
  )
}

const isMac = /mac/i.test(navigator.platform)

/** Ctrl K works everywhere, also within a field. */
function usePaletteKey(open: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      // Whoever holds Ctrl may want the palette: it is there when K follows.
      if (event.key === 'Control' || event.key === 'Meta') preload()
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return
      event.preventDefault()
      open()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  })
}

function useAppShortcuts(help: () => void): void {
  const { navigation, commands } = useContributions()
  const { may } = useViewer()
  const goTo = useGoTo()
  useShortcuts(
    useMemo(() => {
      const shortcuts = new Map([['?', help]])
      for (const { keys, page } of navigation)
        if (keys !== undefined && may(page.permission)) shortcuts.set(keys, () => goTo(page))
      for (const { keys, permission, run } of commands)
        if (keys !== undefined && may(permission)) shortcuts.set(keys, () => run({ goTo }))
      return shortcuts
    }, [navigation, commands, may, goTo, help]),
  )
}
