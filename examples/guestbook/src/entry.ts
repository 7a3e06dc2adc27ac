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
  name: z.string().trim().min(1, 'is empty').max(80, 'has more than 80 characters'),
  text: z.string().trim().min(1, 'is empty').max(1_000, 'has more than 1,000 characters'),
})

export type EntryInput = z.input<typeof entryInput>

export function linksIn(text: string): number {
  return text.match(/https?:\/\//gi)?.length ?? 0
}
