import type { TokenSigner } from '@espalier/core'
import type { Tracking } from '@espalier/tracking'
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

/**
 * The facts of a form's token, or undefined when this server has not signed it. Forms of visitors who are counted carry
 * the signed context of their page's tracker; others, and forms that are shown again, a token of their own.
 */
export function readFormToken(
  token: string,
  { tracking, formTokens }: { tracking: Tracking; formTokens: TokenSigner<FormToken> },
): FormToken | undefined {
  const context = tracking.readPageContext(token)
  if (!context) return formTokens.read(token)
  const { workspaceId: w, pageId: p, visitorId: v, experiments: e, view } = context
  if (!view || p === null) return undefined
  return { w, p, k: view.shown, v, e, t: view.at, n: view.id }
}

/** How long a page may stay open before its forms have to be sent twice. Milliseconds. */
export const tokenLifeMs = 24 * 3600_000

/** Nobody fills a form in faster. Milliseconds. */
export const fastestMs = 2_000
