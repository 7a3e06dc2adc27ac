import { BlockList, isIP } from 'node:net'
import { InvalidInputError, SecretError, type Secrets, type SqlContext, type Told } from '@espalier/core'
import { z } from 'zod'

/** Where models are asked, and with which key. */
export interface Connection {
  /** Such as "https://api.openai.com/v1", without a trailing slash. */
  readonly baseUrl: string
  /** Null where the service wants none. */
  readonly apiKey: string | null
}

export interface ConnectionInput {
  /** Default: the one that is set, else OpenAI's. */
  readonly baseUrl?: string | null | undefined
  /** Default: the one that is set, as long as the address stays on its host. */
  readonly apiKey?: string | null | undefined
}

export const defaultBaseUrl = 'https://api.openai.com/v1'

const secretName = 'connection'
const stored = z.object({ baseUrl: z.string(), apiKey: z.string().nullable() })

/**
 * The address and the key of a workspace's model service, sealed together: who could change one without the other could
 * have the key sent to an address of theirs.
 */
export class Connections {
  readonly #secrets: Secrets

  constructor(secrets: Secrets) {
    this.#secrets = secrets
  }

  /** One that no longer opens, after the installation has lost its secret, counts as none: somebody sets it anew. */
  async read(context: SqlContext): Promise<Connection | undefined> {
    try {
      const text = await this.#secrets.get(context, secretName)
      return text === undefined ? undefined : stored.parse(JSON.parse(text))
    } catch (error) {
      if (!(error instanceof SecretError)) throw error
      context.log.warn({ err: error }, 'The key of the model service does not open: set it anew')
      return undefined
    }
  }

  /** When it was last set; undefined where it is not. */
  async setAt(context: SqlContext): Promise<Date | undefined> {
    return (await this.#secrets.list(context)).find(({ name }) => name === secretName)?.updatedAt
  }

  /** Belongs inside a transaction. @throws InvalidInputError */
  async set(tx: SqlContext, input: ConnectionInput): Promise<Connection> {
    const before = await this.read(tx)
    const baseUrl = checkedBaseUrl(input.baseUrl ?? before?.baseUrl ?? defaultBaseUrl)
    const apiKey = input.apiKey == null ? keptKey(before, baseUrl) : checkedKey(input.apiKey)
    if (apiKey === null && new URL(baseUrl).hostname === 'api.openai.com')
      throw InvalidInputError.of('input.key', 'REQUIRED', {
        en: 'is missing: api.openai.com answers nobody without one.',
        fr: 'manque : api.openai.com ne répond à personne sans clé.',
      })
    await this.#secrets.put(tx, secretName, JSON.stringify({ baseUrl, apiKey } satisfies Connection))
    tx.audit({
      resourceType: 'AiConnection',
      resourceId: tx.workspaceId,
      before: before && shown(before),
      after: { ...shown({ baseUrl, apiKey }), keyChanged: input.apiKey != null },
    })
    return { baseUrl, apiKey }
  }

  /** Belongs inside a transaction. @returns whether there was one */
  async remove(tx: SqlContext): Promise<boolean> {
    const before = await this.read(tx)
    if (!(await this.#secrets.delete(tx, secretName))) return false
    tx.audit({ resourceType: 'AiConnection', resourceId: tx.workspaceId, before: before ? shown(before) : {} })
    return true
  }
}

function shown({ baseUrl, apiKey }: Connection) {
  return { baseUrl, hasKey: apiKey !== null }
}

/** A key stays where it was given to: with another host it would be told to somebody else. */
function keptKey(before: Connection | undefined, baseUrl: string): string | null {
  if (!before || new URL(before.baseUrl).origin !== new URL(baseUrl).origin) return null
  return before.apiKey
}

function checkedKey(key: string): string {
  const trimmed = key.trim()
  if (!/^[\x21-\x7e]{1,1000}$/.test(trimmed))
    throw InvalidInputError.of('input.key', 'INVALID_KEY', {
      en: 'must be 1 to 1,000 characters without spaces, as the service shows it.',
      fr: 'doit compter de 1 à 1 000 caractères sans espace, tels que le service les montre.',
    })
  return trimmed
}

function checkedBaseUrl(text: string): string {
  const refuse = ({ en, fr }: Told) =>
    InvalidInputError.of('input.baseUrl', 'INVALID_URL', { en: `"${text}" ${en}`, fr: `« ${text} » ${fr}` })
  if (!URL.canParse(text))
    throw refuse({
      en: `is no address. It looks like "${defaultBaseUrl}".`,
      fr: `n’est pas une adresse. Elle ressemble à « ${defaultBaseUrl} ».`,
    })
  const url = new URL(text)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isNear(url.hostname)))
    throw refuse({
      en: 'would send the key in the clear. Use https; http is for this machine and private networks alone.',
      fr: 'enverrait la clé en clair. Utilisez https ; http est réservé à cette machine et aux réseaux privés.',
    })
  if (url.username || url.password)
    throw refuse({
      en: 'has a user name or password in it. The key is given by itself.',
      fr: 'contient un nom d’utilisateur ou un mot de passe. La clé se donne à part.',
    })
  if (url.search || url.hash)
    throw refuse({
      en: 'has a query or a fragment. Leave out what comes after "?" or "#".',
      fr: 'a une requête ou un fragment. Omettez ce qui suit « ? » ou « # ».',
    })
  return url.href.replace(/\/+$/, '')
}

/** This machine, a private address, or a name without a dot, as containers have them. */
function isNear(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '')
  const family = isIP(host)
  if (family === 0) return !host.includes('.') || host.endsWith('.localhost')
  return privateNetworks.check(host, family === 6 ? 'ipv6' : 'ipv4')
}

const privateNetworks = new BlockList()
for (const [network, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  privateNetworks.addSubnet(network, bits, 'ipv4')
for (const [network, bits] of [
  ['::1', 128],
  ['fc00::', 7],
] as const)
  privateNetworks.addSubnet(network, bits, 'ipv6')
