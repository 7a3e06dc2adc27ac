import { z } from 'zod'

/** What a page says to its own forms, so that what comes back is known to come from it. Short names: it travels. */
export const formToken = z.object({
  /** Workspace. */
  w: z.string(),
  /** Page. */
  p: z.string(),
  /** Key of the variant. */
  k: z.string(),
  /** Visitor; null where nobody is to be tracked. */
  v: z.string().nullable(),
  /** Experiment id → variant id, while it runs. */
  e: z.record(z.string(), z.string()),
  /** When the page was asked for, milliseconds since 1970. */
  t: z.number(),
  /** Of this page view. */
  n: z.string(),
})

export type FormToken = z.output<typeof formToken>

/** How long a page may stay open before its forms have to be sent twice. Milliseconds. */
export const tokenLifeMs = 24 * 3600_000

/** Nobody fills a form in faster. Milliseconds. */
export const fastestMs = 2_000
