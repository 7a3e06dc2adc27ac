import { Suspense, useSyncExternalStore } from 'react'
import { loadedLater } from './loadedLater.ts'
import { overlaysWanted } from './overlaysWanted.ts'

const Overlays = loadedLater(() => import('./Overlays.tsx'))

/**
 * Where toasts and the questions of `useConfirm` are shown, loaded with the first of them. The shell renders one, beside
 * its pages.
 */
export function OverlayHost() {
  const wanted = useSyncExternalStore(overlaysWanted.subscribe, overlaysWanted.current)
  return wanted ? (
    <Suspense>
      <Overlays />
    </Suspense>
  ) : null
}
