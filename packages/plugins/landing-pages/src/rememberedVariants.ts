import { HmacSha256, type PlainRequest } from '@espalier/core'
import type { Decision, Plan, Subject } from '@espalier/experiments'
import { cookieLifeSeconds } from '@espalier/tracking'

/** Experiment id → variant id. */
type Variants = Readonly<Record<string, string>>

/** Whom a cookie is signed for, and where it is sent to. */
export interface CookieOwner {
  readonly workspaceId: string
  readonly visitorId: string
  /** Address of the page. */
  readonly address: string
}

const name = 'espalier_variants'

/** Of one visitor, the latest: 800 characters. Who forgets gets a variant anew, and mostly the same one. */
const maxRemembered = 10

/** Longer ones are not ours. Characters. */
const maxLength = 2_000

/**
 * Which variants a browser's visitor has in sticky experiments, in a first-party cookie of the workspace's pages: they keep
 * them when weights, conditions or hours change. Signed for the visitor, so that nobody can claim a variant, or take over somebody else's.
 *
 * `<experiment id>~<variant id>`, the latest last, then HMAC-SHA256, with dots between.
 */
export class RememberedVariants {
  readonly #hmac: HmacSha256
  readonly #attributes: string

  /** @param secure whether browsers reach this server over HTTPS alone */
  constructor(secret: Buffer, secure: boolean) {
    this.#hmac = new HmacSha256(secret)
    this.#attributes = `HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`
  }

  /**
   * What a visitor gets whose browser may keep it, and the cookie to send where it changes. Mostly the hash gives what the cookie
   * says: then it does not matter who wrote that, and nothing is signed or verified.
   */
  decide(
    plan: Plan,
    subject: Subject,
    request: PlainRequest,
    at: number,
    owner: CookieOwner,
  ): { readonly decision: Decision; readonly setCookie?: string } {
    const anew = plan.decide(subject, at)
    if (!plan.definition.sticky) return { decision: anew }
    const given = valueIn(request)
    if (given === undefined ? !anew.counted : agrees(given, anew)) return { decision: anew }
    const remembered = given === undefined ? undefined : this.#read(given, owner)
    const decision = remembered ? plan.decide({ ...subject, sticky: remembered }, at) : anew
    const isNew = Object.entries(decision.exposures).some(
      ([experiment, variant]) => remembered?.[experiment] !== variant,
    )
    return isNew ? { decision, setCookie: this.#write({ ...remembered }, decision.exposures, owner) } : { decision }
  }

  /** The cookie that takes away what was kept before, where the workspace no longer keeps anything in browsers. */
  forget(request: PlainRequest, address: string): string | undefined {
    return valueIn(request) === undefined ? undefined : `${name}=; Path=${pathOf(address)}; Max-Age=0`
  }

  #read(value: string, owner: CookieOwner): Variants | undefined {
    const end = value.lastIndexOf('.')
    const list = value.slice(0, Math.max(0, end))
    if (!this.#hmac.verify(signed(list, owner), value.slice(end + 1))) return undefined
    return Object.fromEntries(list.split('.').map((entry) => entry.split('~') as [string, string]))
  }

  #write(remembered: Record<string, string>, exposures: Variants, owner: CookieOwner): string {
    for (const [experiment, variant] of Object.entries(exposures)) {
      delete remembered[experiment]
      remembered[experiment] = variant
    }
    const list = Object.entries(remembered)
      .slice(-maxRemembered)
      .map(([experiment, variant]) => entryOf(experiment, variant))
      .join('.')
    const value = `${list}.${this.#hmac.sign(signed(list, owner))}`
    return `${name}=${value}; Path=${pathOf(owner.address)}; Max-Age=${cookieLifeSeconds}; ${this.#attributes}`
  }
}

/** Whether somebody who has what a cookie says gets nothing else than without it. */
function agrees(given: string, { experimentId, variantId, exposures }: Decision): boolean {
  if (variantId === null && given.includes(experimentId)) return false
  for (const experiment in exposures)
    if (!given.includes(entryOf(experiment, exposures[experiment] as string))) return false
  return true
}

function entryOf(experiment: string, variant: string): string {
  return `${experiment}~${variant}`
}

function signed(list: string, { workspaceId, visitorId }: CookieOwner): string {
  return `${workspaceId} ${visitorId} ${list}`
}

/** All pages of the workspace: `/p/<workspace>`. */
function pathOf(address: string): string {
  const { pathname } = new URL(address)
  return pathname.slice(0, pathname.lastIndexOf('/'))
}

function valueIn(request: PlainRequest): string | undefined {
  const value = inCookies.exec(request.headers.get('cookie') ?? '')?.[1]
  return value !== undefined && value.length <= maxLength ? value : undefined
}

const inCookies = new RegExp(`(?:^|;\\s*)${name}=([^;]*)`)
