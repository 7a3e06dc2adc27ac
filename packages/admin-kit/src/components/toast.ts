import type { Tone } from './Badge.tsx'
import { showOverlays } from './overlaysWanted.ts'

/** What a {@link toast} says and offers. */
export interface ToastOptions {
  tone?: Tone
  /** Takes back what the words say was done. Its button says "Undo". */
  undo?: () => void
  /** One thing to do about it. */
  action?: { label: string; run: () => void }
  /** How long it stays, in milliseconds. Default 6,000, with something to press 12,000; what is critical stays. */
  stays?: number
}

/**
 * Says in a corner what has happened. It stays while one points at it or has the focus in it (F6 goes there), and is
 * read out. What has to be read does not belong here: a `Note` stays where it is.
 *
 * @returns takes it away
 */
export function toast(text: string, options: ToastOptions = {}): () => void {
  showOverlays()
  // Where toasts come is loaded with the first one.
  const close = import('./Toasts.tsx').then(({ add }) => add(text, options))
  return () => void close.then((close) => close())
}
