import {
  type Clock,
  isPublic,
  PrivateAddressError,
  publicRequest,
  type ResolveName,
  whyUnreachable,
  withinNetworks,
} from '@espalier/core'
import type { Claimed } from './deliveries.ts'
import { signedHeaders } from './signature.ts'

/** What of the outside an installation lets webhooks reach. */
export interface Reach {
  /** In production plain http leads into private networks alone, where they are named. */
  readonly production: boolean
  /** CIDR: networks that are not public, and may be posted to all the same. Any port. */
  readonly privateNetworks: readonly string[]
  /** Which servers may be posted to. Default: public ones on the ports 80 and 443, and those of `privateNetworks`. */
  readonly mayAsk?: ((address: string, port: number) => boolean) | undefined
  /** Default: the system's. */
  readonly resolveName?: ResolveName | undefined
}

/** What an attempt came to: an answer, or why there is none. */
export interface Outcome {
  readonly responseStatus?: number
  readonly responseBody?: string
  readonly retryAfter?: string
  readonly error?: string
  readonly durationMs: number
  /** When the attempt began. */
  readonly at: Date
}

/** A receiver has so long to answer. Milliseconds; the standard says 15 to 30 s. */
const timeoutMs = 15_000
/** What is kept of an answer for whoever looks for a mistake. */
const keptOfAnswer = { bytes: 1_024, withinMs: 1_000 }

/** Which servers an address may lead to. */
export function mayReach({ protocol }: URL, { production, privateNetworks, mayAsk }: Reach) {
  if (mayAsk) return mayAsk
  const inside = withinNetworks(privateNetworks)
  const open = !production || protocol === 'https:'
  return (address: string, port: number) => inside(address) || (open && isPublic(address, port))
}

/**
 * Posts a message once. Redirects are not followed.
 *
 * @param secrets each signs
 * @returns undefined when `signal` ended it: then nothing is known, and the attempt is made again
 */
export async function post(
  url: URL,
  { id, body }: Pick<Claimed, 'id' | 'body'>,
  secrets: readonly string[],
  { reach, clock, signal }: { readonly reach: Reach; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Outcome | undefined> {
  const at = clock.now()
  const begun = performance.now()
  const timeout = AbortSignal.timeout(timeoutMs)
  const end = (outcome: Omit<Outcome, 'at' | 'durationMs'>): Outcome => ({
    ...outcome,
    at,
    durationMs: Math.round(performance.now() - begun),
  })
  if (url.protocol !== 'https:' && reach.production && reach.privateNetworks.length === 0 && !reach.mayAsk)
    return end({ error: 'The address does not begin with https://.' })
  try {
    const { resolveName } = reach
    const answer = await publicRequest(url, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Espalier webhooks',
        ...signedHeaders(id, at, body, secrets),
      },
      signal: AbortSignal.any([signal, timeout]),
      mayAsk: mayReach(url, reach),
      keep: keptOfAnswer,
      ...(resolveName && { resolveName }),
    })
    const after = answer.headers['retry-after']
    return end({
      responseStatus: answer.status,
      responseBody: answer.body,
      ...(typeof after === 'string' && { retryAfter: after }),
    })
  } catch (error) {
    if (error instanceof PrivateAddressError) return end({ error: error.message })
    if (timeout.aborted) return end({ error: `It did not answer within ${timeoutMs / 1000} s.` })
    if (signal.aborted) return undefined
    return end({ error: `It cannot be reached: ${whyUnreachable(error)}.` })
  }
}

/** Why an answer is no success, as a sentence. */
export function whyRefused(status: number): string {
  if (status >= 300 && status < 400)
    return `It answered ${status}: redirects are not followed. Give the address that it leads to.`
  return `It answered ${status}, not 2xx.`
}
