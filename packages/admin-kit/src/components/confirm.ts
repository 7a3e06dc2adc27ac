import type { ReactNode } from 'react'
import { showOverlays } from './overlaysWanted.ts'

/** What is asked before something is done. */
export interface Question {
  /** As a question: "Delete 3 entries?" */
  readonly title: string
  /** What happens then, and whether it can be undone. */
  readonly text?: ReactNode
  /** What the button that does it says: "Delete". */
  readonly confirm?: string
  readonly cancel?: string
  /** It takes something away. */
  readonly danger?: boolean
}

/**
 * Asks before something is done.
 *
 * @returns asks, and resolves with true once the person goes on, with false when they do not
 */
export function useConfirm(): (question: Question) => Promise<boolean> {
  return ask
}

/** A question that is open. */
export interface Asked {
  readonly question: Question
  readonly answer: (yes: boolean) => void
}

let asked: Asked | undefined
const listeners = new Set<() => void>()

function ask(question: Question): Promise<boolean> {
  asked?.answer(false)
  return new Promise((resolve) => {
    showOverlays()
    setAsked({ question, answer: resolve })
  })
}

/** The question that is open, as a store of React. */
export const openQuestion = {
  current: () => asked,
  subscribe: (listener: () => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
}

export function setAsked(next: Asked | undefined): void {
  asked = next
  for (const listener of listeners) listener()
}
