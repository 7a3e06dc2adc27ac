import { said } from '@espalier/core'
import { z } from 'zod'

/** `waiting` for its screening, `shown` to all, or `held` back until somebody approves it. */
export type EntryStatus = 'waiting' | 'shown' | 'held'

export interface Entry {
  readonly id: string
  readonly name: string
  readonly text: string
  readonly status: EntryStatus
  readonly createdAt: Date
}

/** What a visitor sends. */
export const entryInput = z.object({
  name: z
    .string()
    .trim()
    .min(1, said({ en: 'is empty', fr: 'est vide' }))
    .max(80, said({ en: 'has more than 80 characters', fr: 'dépasse 80 caractères' })),
  text: z
    .string()
    .trim()
    .min(1, said({ en: 'is empty', fr: 'est vide' }))
    .max(1_000, said({ en: 'has more than 1,000 characters', fr: 'dépasse 1 000 caractères' })),
})

export type EntryInput = z.input<typeof entryInput>

export function linksIn(text: string): number {
  return text.match(/https?:\/\//gi)?.length ?? 0
}
