import { isIP } from 'node:net'
import {
  ConflictError,
  checkInput,
  InvalidInputError,
  NotFoundError,
  type PluginHost,
  sql,
  type WorkspaceContext,
} from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import type { Kinds } from '../notifications/kinds.ts'
import { newSecret } from './signature.ts'

export interface EndpointInput {
  readonly url: string
  readonly kinds?: readonly string[]
  readonly description?: string
  readonly active?: boolean
}

export interface EndpointsOptions {
  readonly kinds: Kinds
  readonly secrets: PluginHost['secrets']
  /** Whether plain http is refused. */
  readonly httpsOnly: boolean
  readonly mayAsk: (address: string, port: number) => boolean
}

const endpointsPerWorkspace = 20
/** How long the secret before the last rotation signs too. Milliseconds. */
const overlapMs = 24 * 3_600_000

/** Where notifications are posted to. Secrets are told once, when they are made. */
export class Endpoints {
  readonly #options: EndpointsOptions

  constructor(options: EndpointsOptions) {
    this.#options = options
  }

  /** @throws InvalidInputError, or ConflictError when there are 20 */
  async create(context: WorkspaceContext, given: EndpointInput) {
    const { url, kinds, description, active } = this.#check(given)
    // Two at once wait for each other here, so that neither is the 21st.
    await context.db.query(
      sql`select pg_advisory_xact_lock(hashtextextended(${`operations.webhooks ${context.workspaceId}`}, 0))`,
    )
    if ((await context.db.prisma.webhookEndpoint.count()) >= endpointsPerWorkspace) {
      throw new ConflictError(`A workspace has at most ${endpointsPerWorkspace} webhook endpoints. Delete one first.`)
    }
    const endpoint = await context.db.prisma.webhookEndpoint.create({
      data: { id: uuidv7(), url, kinds, description, active, createdAt: context.clock.now() },
    })
    const secret = newSecret()
    await this.#options.secrets.put(context, nameOf(endpoint.id), secret)
    context.audit({ resourceType: 'WebhookEndpoint', resourceId: endpoint.id, after: endpoint })
    return { endpoint, secret }
  }

  /** What is left out stays. Switching one on again forgets what it failed at. */
  async update(context: WorkspaceContext, id: string, given: Partial<EndpointInput>) {
    const before = await this.#find(context, id)
    const { url, kinds, description, active } = this.#check({ ...before, ...given })
    const again = active && !before.active
    const after = await context.db.prisma.webhookEndpoint.update({
      where: { workspaceId_id: { workspaceId: context.workspaceId, id } },
      data: { url, kinds, description, active, ...(again && { disabledReason: null, failingSince: null }) },
    })
    context.audit({ resourceType: 'WebhookEndpoint', resourceId: id, before, after })
    return after
  }

  /** A new secret; for a day the one before signs too. */
  async rotate(context: WorkspaceContext, id: string) {
    const before = await this.#find(context, id)
    const { secrets } = this.#options
    const current = await secrets.get(context, nameOf(id))
    if (current) await secrets.put(context, previousNameOf(id), current)
    const secret = newSecret()
    await secrets.put(context, nameOf(id), secret)
    const endpoint = await context.db.prisma.webhookEndpoint.update({
      where: { workspaceId_id: { workspaceId: context.workspaceId, id } },
      data: { previousSecretUntil: new Date(context.clock.now().getTime() + overlapMs) },
    })
    context.audit({ resourceType: 'WebhookEndpoint', resourceId: id, before, after: endpoint })
    return { endpoint, secret }
  }

  /** With its deliveries and its secrets. */
  async delete(context: WorkspaceContext, id: string) {
    const before = await this.#find(context, id)
    await context.db.prisma.webhookEndpoint.deleteMany({ where: { id } })
    await this.#options.secrets.delete(context, nameOf(id))
    await this.#options.secrets.delete(context, previousNameOf(id))
    context.audit({ resourceType: 'WebhookEndpoint', resourceId: id, before })
    return before
  }

  async #find(context: WorkspaceContext, id: string) {
    const endpoint = await context.db.prisma.webhookEndpoint.findFirst({ where: { id } })
    if (!endpoint) throw new NotFoundError('WebhookEndpoint', id)
    return endpoint
  }

  #check(given: EndpointInput): z.output<typeof endpointInput> {
    const input = checkInput(endpointInput, given as z.input<typeof endpointInput>)
    const url = new URL(input.url)
    const { httpsOnly, mayAsk, kinds } = this.#options
    const wrong = (path: string, code: string, message: string) => InvalidInputError.of(`input.${path}`, code, message)
    if (url.protocol !== 'https:' && (httpsOnly || url.protocol !== 'http:'))
      throw wrong(
        'url',
        'NOT_HTTPS',
        `"${input.url}" does not begin with https://. What is posted there must not be read on its way.`,
      )
    if (url.username || url.password)
      throw wrong(
        'url',
        'CREDENTIALS',
        'The address holds a user or a password, which logs would show. Receivers know us by the signature.',
      )
    const host = url.hostname.replace(/^\[|\]$/g, '')
    if (isIP(host) && !mayAsk(host, Number(url.port) || (url.protocol === 'https:' ? 443 : 80)))
      throw wrong(
        'url',
        'PRIVATE_ADDRESS',
        `"${url.host}" is in a private network, or on a port other than 80 and 443. Give an address that is public.`,
      )
    const unknown = input.kinds.find((kind) => !kinds.find(kind))
    if (unknown !== undefined) {
      const known = kinds.all.map(({ name }) => name).join(', ')
      throw wrong('kinds', 'UNKNOWN_KIND', `There is no kind of notification "${unknown}". The kinds are: ${known}.`)
    }
    return input
  }
}

/** Under which name the secret of an endpoint is kept. */
export const nameOf = (endpointId: string) => `webhook/${endpointId}`
export const previousNameOf = (endpointId: string) => `webhook/${endpointId}/previous`

const endpointInput = z.object({
  url: z
    .string()
    .trim()
    .refine((url) => url.length <= 2_000, 'is longer than 2,000 characters')
    .refine((url) => URL.canParse(url), 'is no address, such as "https://example.com/hooks"'),
  kinds: z.array(z.string()).default([]),
  description: z
    .string()
    .trim()
    .refine((text) => text.length <= 500, 'is longer than 500 characters')
    .default(''),
  active: z.boolean().default(true),
})
