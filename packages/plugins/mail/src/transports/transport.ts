import type { Problem } from '../errors.ts'

/** A message on its way to a provider. One recipient, always: what bounces or complains is told by recipient. */
export interface Letter {
  readonly id: string
  readonly workspaceId: string
  readonly from: { readonly address: string; readonly name: string | null }
  readonly to: { readonly address: string; readonly name: string | null }
  readonly replyTo: string | null
  readonly date: Date
  readonly subject: string
  readonly html: string
  readonly text: string
  /** Beside those above, in their order. Each a line of ASCII. */
  readonly headers: readonly { readonly name: string; readonly value: string }[]
  readonly attachments: readonly {
    readonly filename: string
    readonly contentType: string
    readonly contentId?: string
    /** Base64. */
    readonly content: string
  }[]
}

/** What came of handing a letter over. Only `accepted` and `unknown` may have reached anybody. */
export type Outcome =
  | { readonly kind: 'accepted'; readonly providerId: string }
  /** For good, because of this letter. */
  | { readonly kind: 'refused'; readonly problem: Problem }
  /** Not taken, and it is worth asking again: after a while where it says so. */
  | { readonly kind: 'notTaken'; readonly problem: Problem }
  /** Not taken: too many a second. */
  | { readonly kind: 'throttled'; readonly problem: Problem }
  /** Not taken: nothing from this account until then. */
  | { readonly kind: 'held'; readonly problem: Problem; readonly seconds: number }
  /** It was asked, and may have taken it. */
  | { readonly kind: 'unknown'; readonly problem: Problem }

/** How fast an account may send, as its provider says. */
export interface AccountRate {
  readonly perSecond: number
  readonly perDay: number | null
  readonly sentLast24h: number
}

export interface RateProblem {
  readonly problem: Problem
  /** Nothing is sent for so long, unless a rate is known and the account is not held. */
  readonly seconds: number
  /** Whether the provider said that it takes nothing. */
  readonly held: boolean
}

/** A way out of the house. */
export interface Transport {
  readonly name: 'ses' | 'smtp'
  /** The account whose rate counts: "ses/eu-west-1". */
  readonly account: string
  /** Of one message, in millionths of a US dollar. */
  readonly priceMicros: number
  /** Letters that it takes at the same time, at most. */
  readonly mostCalls: number
  /** How long what {@link Transport.rate} says is taken for true. */
  readonly rateLastsSeconds: number
  /** Asks the provider. Never throws. */
  rate(signal: AbortSignal): Promise<AccountRate | RateProblem>
  /** Never throws, and never asks twice. */
  deliver(letter: Letter): Promise<Outcome>
  close(): void
}
