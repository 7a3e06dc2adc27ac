import { type Awaitable, onceKnown, type PlainRequest, type Random } from '@espalier/core'
import { newVisitorId } from './eventId.ts'

/** Who asks for a page. */
export interface Visitor {
  /**
   * Random, the same on every visit while the cookie lives; where nothing may be kept in browsers, a hash that is
   * the same for a day. For visitors who are not counted: of this request only.
   */
  readonly visitorId: string
  /** Whether what they do is counted: not for bots, nor for people who ask not to be tracked. */
  readonly counted: boolean
  readonly isBot: boolean
  /** Whether their browser keeps the id, and so may keep what goes with it; false where nothing may be kept in it. */
  readonly kept: boolean
  /** To send as `Set-Cookie` with the page. Absent where nothing needs to be kept. */
  readonly setCookie?: string
}

export interface VisitorOptions {
  isBot: boolean
  respectDoNotTrack: boolean
  /** Where nothing may be kept in browsers: makes the visitor's id of the day. */
  dailyVisitor?: (() => Awaitable<string>) | undefined
  /** Whether browsers reach this server over HTTPS alone. */
  secure: boolean
  random: Random
}

export const visitorCookie = 'espalier_visitor'

/** 13 months, the longest that the French CNIL allows for audience measurement without consent. Seconds. */
export const cookieLifeSeconds = 395 * 24 * 3600

/** Reads who asks, and makes them an id when they have none. */
export function readVisitor(request: PlainRequest, options: VisitorOptions): Awaitable<Visitor> {
  const counted = !options.isBot && !(options.respectDoNotTrack && asksNotToBeTracked(request))
  if (!counted) return { visitorId: newVisitorId(options.random), counted, isBot: options.isBot, kept: false }
  const known = visitorOfCookie(request.headers.get('cookie') ?? '')
  if (options.dailyVisitor) {
    // A cookie of before goes.
    const rest = {
      counted,
      isBot: false,
      kept: false,
      ...(known && { setCookie: `${visitorCookie}=; Path=/; Max-Age=0` }),
    }
    return onceKnown(options.dailyVisitor(), (visitorId) => ({ visitorId, ...rest }))
  }
  if (known) return { visitorId: known, counted, isBot: false, kept: true }
  const visitorId = newVisitorId(options.random)
  const setCookie = `${visitorCookie}=${visitorId}; Path=/; Max-Age=${cookieLifeSeconds}; HttpOnly; SameSite=Lax${options.secure ? '; Secure' : ''}`
  return { visitorId, counted, isBot: false, kept: true, setCookie }
}

/** Do Not Track or Global Privacy Control. */
export function asksNotToBeTracked(request: PlainRequest): boolean {
  return request.headers.get('dnt') === '1' || request.headers.get('sec-gpc') === '1'
}

function visitorOfCookie(header: string): string | undefined {
  return inCookies.exec(header)?.[1]?.toLowerCase()
}

const inCookies = new RegExp(`(?:^|;\\s*)${visitorCookie}=([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:;|$)`, 'i')
