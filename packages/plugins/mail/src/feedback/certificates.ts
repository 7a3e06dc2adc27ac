import { X509Certificate } from 'node:crypto'
import { rootCertificates } from 'node:tls'
import type { Clock } from '@espalier/core'
import { LRUCache } from 'lru-cache'
import { Refusal } from './refusals.ts'

export interface CertificatesOptions {
  readonly clock: Clock
  /** Default: Node's. */
  readonly fetch?: typeof fetch
  /** PEM. Default: those that Node trusts. */
  readonly roots?: readonly string[]
}

/** Bytes of a certificate with its chain. */
const maxBytes = 64 * 1024

const timeoutMs = 3_000

/** A signer, two between it and a root. */
const maxDepth = 4

/** Whoever knows the topic may name certificates that are not there. Fetches a minute. */
const maxFetches = 30

interface Known {
  readonly leaf: X509Certificate
  /** Its issuers, up to a root. */
  readonly chain: readonly X509Certificate[]
}

/**
 * The certificates that SNS signs with. The address of one is pinned by the caller; here it is read and believed only when it was made
 * out to SNS, may sign, and was issued by authorities that end at a root that Node trusts, all of them valid when the message was sent.
 *
 * SNS serves the signer's certificate alone. Its issuer is read from where the certificate says, on Amazon's own hosts and no others:
 * that may be plain http, for an issuer counts only when its signature leads on to a root. Revocation is not looked up.
 */
export class Certificates {
  readonly #clock: Clock
  readonly #fetch: typeof fetch
  readonly #roots: readonly X509Certificate[]
  /** Only what was verified. A failure is never remembered: the next message tries again. */
  readonly #known = new LRUCache<string, Known>({ max: 16 })
  readonly #issuers = new LRUCache<string, X509Certificate>({ max: 16 })
  readonly #reading = new Map<string, Promise<Known>>()
  #fetches: number[] = []

  constructor({ clock, fetch: fetchWith = fetch, roots = rootCertificates }: CertificatesOptions) {
    this.#clock = clock
    this.#fetch = fetchWith
    this.#roots = roots.map((pem) => new X509Certificate(pem))
  }

  /**
   * @param url of the certificate, on a host that the caller trusts
   * @param host of SNS in the topic's region
   * @param at when the message was sent
   * @throws Refusal, also where it cannot be read at the moment
   */
  async get(url: string, host: string, at: Date): Promise<X509Certificate> {
    const known = this.#known.get(url) ?? (await this.#readOnce(url, host, at))
    for (const certificate of [known.leaf, ...known.chain]) insistOnTime(certificate, at)
    return known.leaf
  }

  #readOnce(url: string, host: string, at: Date): Promise<Known> {
    const reading = this.#reading.get(url) ?? this.#read(url, host, at).finally(() => this.#reading.delete(url))
    this.#reading.set(url, reading)
    return reading
  }

  async #read(url: string, host: string, at: Date): Promise<Known> {
    const [leaf, ...others] = parseAll(await this.#download(url))
    if (!leaf) throw new Refusal('SNS_CERTIFICATE_UNTRUSTED', 'it is not there')
    insistOnSigner(leaf, host)
    insistOnTime(leaf, at)
    const known = { leaf, chain: await this.#chainOf(leaf, others, at) }
    this.#known.set(url, known)
    return known
  }

  async #chainOf(leaf: X509Certificate, others: readonly X509Certificate[], at: Date): Promise<X509Certificate[]> {
    const chain: X509Certificate[] = []
    let current = leaf
    while (chain.length < maxDepth) {
      const issued = current
      const root = this.#roots.find((candidate) => isIssuer(candidate, issued))
      if (root) return [...chain, root]
      const issuer = others.find((candidate) => isIssuer(candidate, issued)) ?? (await this.#issuerOf(current))
      insistOnTime(issuer, at)
      chain.push(issuer)
      current = issuer
    }
    throw new Refusal('SNS_CERTIFICATE_UNTRUSTED', `no root is known of its issuer, ${oneLine(leaf.issuer)}`)
  }

  async #issuerOf(certificate: X509Certificate): Promise<X509Certificate> {
    const url = issuerUrl(certificate)
    if (!url)
      throw new Refusal('SNS_CERTIFICATE_UNTRUSTED', `its issuer is not Amazon’s: ${oneLine(certificate.issuer)}`)
    const known = this.#issuers.get(url)
    if (known && isIssuer(known, certificate)) return known
    const [issuer] = parseAll(await this.#download(url))
    if (!issuer || !isIssuer(issuer, certificate))
      throw new Refusal('SNS_CERTIFICATE_UNTRUSTED', `what is at ${url} has not issued it`)
    this.#issuers.set(url, issuer)
    return issuer
  }

  async #download(url: string): Promise<Buffer> {
    const now = this.#clock.now().getTime()
    this.#fetches = this.#fetches.filter((at) => at > now - 60_000)
    if (this.#fetches.length >= maxFetches)
      throw new Refusal('SNS_CERTIFICATE_UNAVAILABLE', 'too many were asked for within a minute')
    this.#fetches.push(now)
    try {
      const response = await this.#fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) })
      if (response.status !== 200) throw new Error(`it answered ${response.status}`)
      const chunks: Uint8Array[] = []
      let length = 0
      for await (const chunk of response.body ?? []) {
        length += chunk.length
        if (length > maxBytes) throw new Error(`it has more than ${maxBytes} bytes`)
        chunks.push(chunk)
      }
      return Buffer.concat(chunks)
    } catch (cause) {
      throw new Refusal('SNS_CERTIFICATE_UNAVAILABLE', (cause as Error).message, { cause })
    }
  }
}

/** One in DER, or all that stand in a PEM. */
function parseAll(bytes: Buffer): X509Certificate[] {
  const pems = bytes.toString('latin1').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)
  try {
    return (pems ?? [bytes]).map((one) => new X509Certificate(one))
  } catch (cause) {
    throw new Refusal('SNS_CERTIFICATE_UNTRUSTED', 'it is no certificate', { cause })
  }
}

function isIssuer(issuer: X509Certificate, issued: X509Certificate): boolean {
  return issuer.ca && issued.checkIssued(issuer) && issued.verify(issuer.publicKey)
}

/** Made out to SNS, and no authority. In regions that have to be switched on, the names carry the region. */
function insistOnSigner(leaf: X509Certificate, host: string): void {
  const names = ['sns.amazonaws.com', host, host.replace(/^sns\./, 'sns-signing.')]
  if (leaf.ca || !names.some((name) => leaf.checkHost(name, { wildcards: false, subject: 'never' })))
    throw new Refusal('SNS_CERTIFICATE_UNTRUSTED', `it is made out to ${leaf.subjectAltName ?? 'nobody'}`)
}

function insistOnTime({ validFrom, validTo, subject }: X509Certificate, at: Date): void {
  if (at < new Date(validFrom) || at > new Date(validTo))
    throw new Refusal(
      'SNS_CERTIFICATE_UNTRUSTED',
      `${oneLine(subject)} was not valid at ${at.toISOString()}, but from ${validFrom} to ${validTo}`,
    )
}

/** From the certificate's authority information access: Amazon Trust Services' hosts alone. */
function issuerUrl({ infoAccess }: X509Certificate): string | undefined {
  const pattern = /^CA Issuers - URI:(https?:\/\/crt\.[a-z0-9]+\.amazontrust\.com\/[\w-]+\.(?:cer|crt))$/m
  return pattern.exec(infoAccess ?? '')?.[1]
}

function oneLine(name: string): string {
  return name.replaceAll('\n', ', ')
}
