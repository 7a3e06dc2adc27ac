import type { FormState } from '@espalier/admin-kit'
import { useEffect, useState } from 'react'
import type { ExperimentValues } from './experimentValues.ts'

/** What was typed and not saved, kept by the tab: closing a laptop or a wrong click loses nothing. */
export function draftOf(name: string): ExperimentValues | undefined {
  const text = sessionStorage.getItem(slot(name))
  if (text === null) return undefined
  try {
    return JSON.parse(text) as ExperimentValues
  } catch {
    return undefined
  }
}

export function forgetDraft(name: string): void {
  sessionStorage.removeItem(slot(name))
}

/**
 * Keeps what is typed.
 *
 * @param wasKept whether the form began with something kept
 * @returns whether that is still to be told, and what begins afresh
 */
export function useDraft(
  name: string,
  form: FormState<ExperimentValues>,
  wasKept: boolean,
): { kept: boolean; told: () => void } {
  const [kept, setKept] = useState(wasKept)
  const { watch } = form
  useEffect(() => {
    const { unsubscribe } = watch((values) => sessionStorage.setItem(slot(name), JSON.stringify(values)))
    return unsubscribe
  }, [name, watch])
  return { kept, told: () => setKept(false) }
}

function slot(name: string): string {
  return `experiment-draft.${name}`
}
