import { useSyncExternalStore } from 'react'

/** Whether there is no room for columns: a phone, or a window as narrow as one. The style sheet has the same width. */
export function useNarrow(): boolean {
  return useSyncExternalStore(listen, () => matchMedia(query).matches)
}

const query = '(max-width: 40rem)'

function listen(listener: () => void): () => void {
  const media = matchMedia(query)
  media.addEventListener('change', listener)
  return () => media.removeEventListener('change', listener)
}
