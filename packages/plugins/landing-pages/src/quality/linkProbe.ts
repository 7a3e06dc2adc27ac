import { isPublic, PrivateAddressError, publicRequest, whyUnreachable } from '@espalier/core'

/** What came of asking for an address. */
export type Probed =
  | { readonly kind: 'answered'; readonly status: number }
  /** It leads into a private network, or to a port that is none of the web's. */
  | { readonly kind: 'private' }
  | { readonly kind: 'unreachable'; readonly reason: string }

/** Asks whether something is at an address of somebody else's. */
export interface LinkProbe {
  probe(address: string): Promise<Probed>
}

export interface HttpLinkProbeOptions {
  /** Whether a server at this IP address and port may be asked. Default: public ones, on the ports of the web. */
  mayAsk?: (address: string, port: number) => boolean
  /** For all redirects together. Milliseconds. */
  timeoutMs?: number
}

const maxRedirects = 5

/**
 * Asks by HEAD, or GET where HEAD is not taken, and follows redirects. People write the addresses, so each hop goes through
 * the kernel's check of where it leads, and answers are never read.
 */
export class HttpLinkProbe implements LinkProbe {
  readonly #mayAsk: (address: string, port: number) => boolean
  readonly #timeoutMs: number

  constructor({ mayAsk = isPublic, timeoutMs = 5_000 }: HttpLinkProbeOptions = {}) {
    this.#mayAsk = mayAsk
    this.#timeoutMs = timeoutMs
  }

  async probe(address: string): Promise<Probed> {
    const signal = AbortSignal.timeout(this.#timeoutMs)
    let url = new URL(address)
    let method = 'HEAD'
    try {
      for (let hop = 0; hop <= maxRedirects; hop++) {
        const { status, headers } = await publicRequest(url, { method, headers: asked, signal, mayAsk: this.#mayAsk })
        const { location } = headers
        if (status >= 300 && status < 400 && typeof location === 'string' && URL.canParse(location, url)) {
          url = new URL(location, url)
          if (!/^https?:$/.test(url.protocol)) return { kind: 'answered', status }
        } else if (method === 'HEAD' && (status === 405 || status === 501 || status === 404 || status === 403)) {
          // Some servers answer HEAD otherwise than GET.
          method = 'GET'
        } else return { kind: 'answered', status }
      }
      return { kind: 'unreachable', reason: `it redirects more than ${maxRedirects} times` }
    } catch (error) {
      if (error instanceof PrivateAddressError) return { kind: 'private' }
      return { kind: 'unreachable', reason: signal.aborted ? 'it did not answer in time' : whyUnreachable(error) }
    }
  }
}

const asked = { 'user-agent': 'Espalier link check', accept: '*/*' }
