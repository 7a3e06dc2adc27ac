import { type LookupAddress, type LookupAllOptions, lookup } from 'node:dns'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'

/** A request to an address that somebody typed in. */
export interface PublicRequest {
  readonly method: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal: AbortSignal
  /** Whether a server at this IP address and port may be asked. Default: {@link isPublic}. */
  readonly mayAsk?: (address: string, port: number) => boolean
  /** Finds all the addresses of a name. Default: the system's. */
  readonly resolveName?: ResolveName
  /** How much of the answer's body is read: bytes, and for how long at most, milliseconds. Default: nothing. */
  readonly keep?: { readonly bytes: number; readonly withinMs: number }
}

/** Looks a host name up, as `lookup` of `node:dns` does. */
export type ResolveName = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

/** What a server said. */
export interface PublicAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** What was kept of its body, which may be anything: show it as text alone. Empty where nothing was to be kept, or nothing came in time. */
  readonly body: string
}

/** The address leads into a private network, or to a port that is none of the web's. */
export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError'
  readonly code = 'PRIVATE_ADDRESS'

  constructor(host: string) {
    super(`"${host}" leads into a private network, or to a port other than 80 and 443. Give an address that is public.`)
  }
}

/**
 * Asks an address that somebody wrote, without reaching what only this server can: every address that its name resolves to
 * is checked at the moment of connecting, and the one that is checked is the one that is used. Redirects are not followed:
 * whoever follows one asks again through here.
 *
 * @throws PrivateAddressError before anything is sent; what node:http throws where no answer comes
 */
export async function publicRequest(
  url: URL,
  { method, headers = {}, body, signal, mayAsk = isPublic, resolveName = lookup, keep }: PublicRequest,
): Promise<PublicAnswer> {
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  // A literal address is connected to without a lookup.
  if (isIP(host) && !mayAsk(host, port)) throw new PrivateAddressError(url.host)
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  const options = {
    method,
    signal,
    lookup: checkedLookup(port, mayAsk, resolveName),
    headers: { ...headers, ...length },
    agent: false as const,
  }
  return new Promise((resolve, reject) => {
    const ask = url.protocol === 'https:' ? httpsRequest : httpRequest
    ask(url, options, (response: IncomingMessage) => {
      const { statusCode: status = 0, headers } = response
      beginningOf(response, keep).then((body) => {
        response.destroy()
        resolve({ status, headers, body })
      }, reject)
    })
      .on('error', reject)
      .end(body)
  })
}

/** The first bytes of an answer as text. Who sends them drop by drop, or breaks off, is not waited for: what came until then stands. */
function beginningOf(answer: IncomingMessage, keep: PublicRequest['keep']): Promise<string> {
  // What breaks after the status was told has been told.
  answer.on('error', () => {})
  if (!keep || keep.bytes <= 0) return Promise.resolve('')
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    const end = () => {
      clearTimeout(timer)
      // A character that was cut in two at the end is left out; PostgreSQL keeps no NUL.
      const text = new TextDecoder().decode(Buffer.concat(chunks).subarray(0, keep.bytes), { stream: true })
      resolve(text.replaceAll('\0', '\uFFFD'))
    }
    const timer = setTimeout(end, keep.withinMs)
    answer.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      length += chunk.length
      if (length >= keep.bytes) end()
    })
    answer.on('end', end).on('close', end)
  })
}

/** Whether a server at an address may be asked although it is not public, because it lies in one of these networks. Any port. */
export function withinNetworks(networks: readonly string[]): (address: string) => boolean {
  const parsed = networks.map((network) => ipaddr.parseCIDR(network))
  return (address) => {
    const ip = ipaddr.process(address)
    return parsed.some(([network, bits]) => ip.kind() === network.kind() && ip.match(network, bits))
  }
}

/** Addresses of the public internet alone: no loopback, private, link-local, translated or reserved ones. */
export function isPublic(address: string, port: number): boolean {
  if (port !== 80 && port !== 443) return false
  const ip = ipaddr.process(address)
  // Of IPv6 only 2000::/3 is given out to the internet; "::7f00:1" once meant 127.0.0.1.
  return ip.range() === 'unicast' && (ip.kind() === 'ipv4' || ip.match(globalUnicast))
}

const globalUnicast = ipaddr.parseCIDR('2000::/3')

/** Why no answer came, as the rest of a sentence: "its name is unknown". */
export function whyUnreachable(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOTFOUND') return 'its name is unknown'
  if (code === 'ECONNREFUSED') return 'nothing listens there'
  if (code && /CERT|TLS|SSL|SELF_SIGNED/.test(code)) return `its certificate is not valid (${code})`
  return code ?? 'the connection failed'
}

/**
 * Whether an address may be asked as its name resolves now, for where somebody saves it. It is checked once more at each request:
 * names change. A name that is unknown, or not answered for within 2 s, may be known later.
 */
export async function leadsInside(
  url: URL,
  { mayAsk = isPublic, resolveName = lookup }: Pick<PublicRequest, 'mayAsk' | 'resolveName'> = {},
): Promise<boolean> {
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host)) return !mayAsk(host, port)
  // Whatever a resolver makes of them, with a dot at the end for one, these are this machine (RFC 6761, 6.3).
  if (/(^|\.)localhost\.?$/.test(host)) return !mayAsk('127.0.0.1', port)
  const addresses = await new Promise<readonly LookupAddress[]>((resolve) => {
    const timer = setTimeout(() => resolve([]), 2_000)
    resolveName(host, { all: true }, (error, found) => {
      clearTimeout(timer)
      resolve(error ? [] : found)
    })
  })
  return addresses.some(({ address }) => !mayAsk(address, port))
}

/** Resolves a name, and refuses it when any of its addresses may not be asked. */
function checkedLookup(
  port: number,
  mayAsk: (address: string, port: number) => boolean,
  resolveName: ResolveName,
): LookupFunction {
  return (hostname, options, callback) => {
    resolveName(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0)
      const [first] = addresses
      if (!first || addresses.some(({ address }) => !mayAsk(address, port)))
        return callback(new PrivateAddressError(hostname), '', 0)
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family)
    })
  }
}
