import { lookup } from 'node:dns'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'

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
 * Asks by HEAD, or GET where HEAD is not taken, and follows redirects. People write the addresses, so this must not reach
 * what only this server can: every address that a name resolves to is checked at the moment of connecting, redirects
 * included, and answers are never read.
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
        const { status, location } = await this.#ask(url, method, signal)
        if (status >= 300 && status < 400 && location && URL.canParse(location, url)) {
          url = new URL(location, url)
          if (!/^https?:$/.test(url.protocol)) return { kind: 'answered', status }
        } else if (method === 'HEAD' && (status === 405 || status === 501 || status === 404 || status === 403)) {
          // Some servers answer HEAD otherwise than GET.
          method = 'GET'
        } else return { kind: 'answered', status }
      }
      return { kind: 'unreachable', reason: `it redirects more than ${maxRedirects} times` }
    } catch (error) {
      if (error instanceof PrivateAddress) return { kind: 'private' }
      return { kind: 'unreachable', reason: signal.aborted ? 'it did not answer in time' : reasonOf(error) }
    }
  }

  #ask(url: URL, method: string, signal: AbortSignal): Promise<{ status: number; location: string | undefined }> {
    const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
    const host = url.hostname.replace(/^\[|\]$/g, '')
    // A literal address is connected to without a lookup.
    if (isIP(host) && !this.#mayAsk(host, port)) return Promise.reject(new PrivateAddress())
    const options = {
      method,
      signal,
      lookup: this.#lookup(port),
      headers: { 'user-agent': 'Espalier link check', accept: '*/*' },
      agent: false as const,
    }
    return new Promise((resolve, reject) => {
      const ask = url.protocol === 'https:' ? httpsRequest : httpRequest
      ask(url, options, (response: IncomingMessage) => {
        response.destroy()
        resolve({ status: response.statusCode ?? 0, location: response.headers.location })
      })
        .on('error', reject)
        .end()
    })
  }

  /** Resolves a name, and refuses it when any of its addresses may not be asked: the one that is checked is the one that is used. */
  #lookup(port: number): LookupFunction {
    return (hostname, options, callback) => {
      lookup(hostname, { ...options, all: true }, (error, addresses) => {
        if (error) return callback(error, '', 0)
        const [first] = addresses
        if (!first || addresses.some(({ address }) => !this.#mayAsk(address, port)))
          return callback(new PrivateAddress(), '', 0)
        return options.all ? callback(null, addresses) : callback(null, first.address, first.family)
      })
    }
  }
}

/** Addresses of the public internet alone: no loopback, private, link-local, translated or reserved ones. */
export function isPublic(address: string, port: number): boolean {
  return (port === 80 || port === 443) && ipaddr.process(address).range() === 'unicast'
}

class PrivateAddress extends Error {
  override readonly name = 'PrivateAddress'
}

function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOTFOUND') return 'its name is unknown'
  if (code === 'ECONNREFUSED') return 'nothing listens there'
  if (code && /CERT|TLS|SSL|SELF_SIGNED/.test(code)) return `its certificate is not valid (${code})`
  return code ?? 'the connection failed'
}
