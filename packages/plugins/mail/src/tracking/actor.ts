import { isbot } from 'isbot'
import { honeypotIndex } from './linkTokens.ts'
import { isScannerNetwork } from './scannerNetworks.ts'

/** Counts up with every change of the rules: what was judged by older ones is judged anew. */
export const rulesVersion = 1

export type Actor = 'human' | 'machine' | 'unknown'

export interface Hit {
  readonly id: string
  readonly kind: 'open' | 'click'
  readonly at: Date
  /** Place of the link in the mail; -1 where the provider counted the click. */
  readonly index: number
  readonly method: string
  readonly userAgent: string
  /** See `networkOf`. */
  readonly network: string
  /** Whether the browser said that it only looks ahead. */
  readonly prefetch: boolean
}

export interface Verdict {
  readonly actor: Actor
  /** The rule that decided. */
  readonly reason:
    | 'head'
    | 'prefetch'
    | 'honeypot'
    | 'burst'
    | 'early'
    | 'network'
    | 'applePrivacy'
    | 'agent'
    | 'imageProxy'
    | 'browser'
}

/** Seconds after delivery within which no person has found the mail, and within which Gmail's proxy looks for itself. */
const earlySeconds = 2
const proxySeconds = 10

/** So many links within so many seconds are no person's. */
const burst = { links: 3, seconds: 5 }

/** Seconds around a burst or a honeypot in which every hit is of the same machine. */
const aroundSeconds = 60

/**
 * Who was it? Opens and clicks are counted for what people do, but most of what fetches a pixel or follows a link is a program: Apple's
 * privacy proxy, gateways that try links before they deliver, image proxies. What was answered does not depend on this; only what it
 * counts for.
 *
 * @param hits all of one message
 * @param deliveredAt when the message arrived, or was sent where that is not known
 */
export function judge(hits: readonly Hit[], deliveredAt: Date | null): Map<string, Verdict> {
  const trapped = hits.filter(({ index }) => index === honeypotIndex)
  const bursts = hits.filter((hit) => isBurst(hits, hit))
  const verdicts = new Map<string, Verdict>()
  for (const hit of hits) {
    const reason =
      (isNear(hit, trapped) && 'honeypot') || (isNear(hit, bursts) && 'burst') || machineReason(hit, deliveredAt)
    verdicts.set(hit.id, reason ? { actor: 'machine', reason } : personOrProxy(hit))
  }
  return verdicts
}

function machineReason(hit: Hit, deliveredAt: Date | null): Verdict['reason'] | undefined {
  const { kind, method, prefetch, network, userAgent } = hit
  if (method === 'HEAD') return 'head'
  if (prefetch) return 'prefetch'
  const since = deliveredAt ? secondsBetween(deliveredAt, hit.at) : Number.POSITIVE_INFINITY
  if (since < (isImageProxy(userAgent) ? proxySeconds : earlySeconds)) return 'early'
  if (isScannerNetwork(network)) return 'network'
  // Mail Privacy Protection reads every picture when the mail arrives, whether or not it is ever opened.
  if (kind === 'open' && userAgent === 'Mozilla/5.0') return 'applePrivacy'
  if (userAgent === '' || (isbot(userAgent) && !isImageProxy(userAgent))) return 'agent'
  return undefined
}

/** Gmail and Yahoo fetch a picture once a person looks, but may do so for others later, or not again. */
function personOrProxy({ kind, userAgent }: Hit): Verdict {
  if (isImageProxy(userAgent))
    return kind === 'open' ? { actor: 'unknown', reason: 'imageProxy' } : { actor: 'machine', reason: 'agent' }
  return { actor: 'human', reason: 'browser' }
}

function isImageProxy(userAgent: string): boolean {
  return /GoogleImageProxy|YahooMailProxy/.test(userAgent)
}

/** Whether with this click so many links were followed within so few seconds. */
function isBurst(hits: readonly Hit[], last: Hit): boolean {
  if (last.kind !== 'click') return false
  const links = new Set<number>()
  for (const hit of hits) {
    const seconds = secondsBetween(hit.at, last.at)
    if (hit.kind === 'click' && seconds >= 0 && seconds <= burst.seconds) links.add(hit.index)
  }
  return links.size >= burst.links
}

function isNear(hit: Hit, others: readonly Hit[]): boolean {
  return others.some((other) => Math.abs(secondsBetween(hit.at, other.at)) <= aroundSeconds)
}

function secondsBetween(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / 1000
}
