import { ask, type TypedDocument } from '@espalier/admin-kit'
import { useState } from 'react'

/** A page of a list, and where the next one begins. */
export interface Part<Item> {
  readonly items: readonly Item[]
  readonly next: string | null
}

/**
 * What is further back than what is followed live: asked for when somebody wants it.
 *
 * @param first the part that is followed live
 * @param key what it is a list of: with another one, everything older is let go of
 */
export function useOlder<Item extends { readonly id: string }, Result, Variables>(
  first: Part<Item> | undefined,
  key: string,
  document: TypedDocument<Result, Variables>,
  variablesAfter: (cursor: string) => Variables,
  partOf: (data: Result) => Part<Item>,
): {
  readonly items: readonly Item[]
  readonly more: (() => void) | undefined
  readonly busy: boolean
  readonly error: Error | undefined
} {
  const [older, setOlder] = useState<{ key: string; items: readonly Item[]; next: string | null }>()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<Error>()
  const known = older?.key === key ? older : undefined
  const newest = first?.items ?? []
  const ids = new Set(newest.map(({ id }) => id))
  const next = known ? known.next : (first?.next ?? null)
  const more = async (cursor: string) => {
    setBusy(true)
    try {
      const part = partOf(await ask(document, variablesAfter(cursor)))
      setOlder({ key, items: [...(known?.items ?? []), ...part.items], next: part.next })
      setError(undefined)
    } catch (failure) {
      setError(failure as Error)
    } finally {
      setBusy(false)
    }
  }
  return {
    items: [...newest, ...(known?.items ?? []).filter(({ id }) => !ids.has(id))],
    more: next === null ? undefined : () => void more(next),
    busy,
    error,
  }
}
