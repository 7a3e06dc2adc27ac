import { LRUCache } from 'lru-cache'
import { agentOf } from './agent.ts'
import { channelOf } from './channel.ts'
import { type EventSource, unknownSource } from './event.ts'

/** What a request says about whoever sent it, beside its body. */
export interface Sender {
  readonly userAgent: string
  /** ISO 3166-1 alpha-2, or null. */
  readonly country: string | null
}

type Origin = Omit<EventSource, 'country' | 'device' | 'browser' | 'os'>

const maxUtmLength = 200
const maxPathLength = 1024
const maxHostLength = 253
const originOfNothing: Origin = unknownSource
/** Most events of a moment come from a few pages. */
const known = new LRUCache<string, Origin>({ max: 2000 })

/** From where and with what a visitor came: by the page's address, its referrer and the request's headers. */
export function sourceOf(url: string | null, referrer: string | null, sender: Sender): EventSource {
  const { path, referrerHost, channel, utmSource, utmMedium, utmCampaign, utmTerm, utmContent } = originOf(
    url,
    referrer,
  )
  const { device, browser, os } = agentOf(sender.userAgent)
  const { country } = sender
  const utm = { utmSource, utmMedium, utmCampaign, utmTerm, utmContent }
  return { path, referrerHost, channel, ...utm, country, device, browser, os }
}

/**
 * The country that a proxy in front says in a header, such as Cloudflare's `cf-ipcountry`.
 * Unknown ("XX") and Tor ("T1") are no countries.
 */
export function countryOf(headers: Pick<Headers, 'get'>, header: string | null): string | null {
  const value = header ? headers.get(header)?.trim().toUpperCase() : undefined
  return value && /^[A-Z]{2}$/.test(value) && value !== 'XX' ? value : null
}

function originOf(url: string | null, referrer: string | null): Origin {
  if (url === null) return originOfNothing
  const key = `${url}\n${referrer ?? ''}`
  let origin = known.get(key)
  if (!origin) {
    origin = readOrigin(url, referrer)
    known.set(key, origin)
  }
  return origin
}

function readOrigin(address: string, referrer: string | null): Origin {
  const url = parse(address)
  if (!url) return originOfNothing
  const query = url.searchParams
  const utm = {
    utmSource: parameter(query, 'utm_source'),
    utmMedium: parameter(query, 'utm_medium'),
    utmCampaign: parameter(query, 'utm_campaign'),
    utmTerm: parameter(query, 'utm_term'),
    utmContent: parameter(query, 'utm_content'),
  }
  const from = hostOf(referrer)
  const internal = from !== null && from === url.hostname
  const referrerHost = internal ? null : from
  const clickId = searchClickIds.some((id) => query.has(id)) ? 'search' : query.has('dclid') ? 'display' : null
  const campaign = clickId !== null || utm.utmSource !== null || utm.utmMedium !== null || utm.utmCampaign !== null
  return {
    path: url.pathname.slice(0, maxPathLength),
    referrerHost,
    // The second page of a visit says nothing about where the visit came from.
    channel: internal && !campaign ? null : channelOf(utm, referrerHost, clickId),
    ...utm,
  }
}

const searchClickIds = ['gclid', 'gbraid', 'wbraid', 'msclkid']

function parse(address: string): URL | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined
  return url && /^(?:https?|android-app):$/.test(url.protocol) ? url : undefined
}

function hostOf(referrer: string | null): string | null {
  const host = referrer && parse(referrer)?.hostname.toLowerCase()
  return host && host.length <= maxHostLength ? host : null
}

/** A parameter as text that a database stores: an address may encode a NUL. */
function parameter(query: URLSearchParams, name: string): string | null {
  const value = query.get(name)?.replaceAll('\0', '').trim().slice(0, maxUtmLength)
  // A cut in the middle of a pair leaves half of it.
  return value?.toWellFormed() || null
}
