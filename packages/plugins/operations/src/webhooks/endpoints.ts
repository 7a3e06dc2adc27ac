import {
  ConflictError,
  checkInput,
  InvalidInputError,
  leadsInside,
  NotFoundError,
  type PluginHost,
  refuseSavedMeanwhile,
  SecretError,
  type SqlContext,
  said,
  sql,
  type Told,
  type WorkspaceContext,
} from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import type { EventTypes } from './eventTypes.ts'
import { mayReach, type Reach } from './post.ts'
import { newSecret } from './signature.ts'

export interface EndpointInput {
  readonly url: string
  /** Types of events, `<group>.*`, `*`. Default: all notifications. */
  readonly eventTypes?: readonly string[]
  /** Whether messages about one thing wait for those before them. */
  readonly ordered?: boolean
  readonly description?: string
  readonly active?: boolean
}

export interface EndpointsOptions {
  readonly types: EventTypes
  readonly secrets: PluginHost['secrets']
  readonly reach: Reach
  /** Told in the transaction that changes an endpoint. */
  readonly changed: (tx: SqlContext, endpointId: string) => void
}

export const endpointsPerWorkspace = 20
/** How long the secret before the last rotation signs too. Milliseconds. */
const overlapMs = 24 * 3_600_000

/** Where public events are posted to. Secrets are told once, when they are made. */
export class Endpoints {
  readonly #options: EndpointsOptions

  constructor(options: EndpointsOptions) {
    this.#options = options
  }

  /** @throws InvalidInputError, or ConflictError when there are 20 */
  async create(context: WorkspaceContext, given: EndpointInput) {
    const data = await this.#check(given)
    // Two at once wait for each other here, so that neither is the 21st.
    await context.db.query(
      sql`select pg_advisory_xact_lock(hashtextextended(${`operations.webhooks ${context.workspaceId}`}, 0))`,
    )
    if ((await context.db.prisma.webhookEndpoint.count()) >= endpointsPerWorkspace) {
      throw new ConflictError({
        en: `A workspace has at most ${endpointsPerWorkspace} webhook endpoints. Delete one first.`,
        fr: `Un espace a au plus ${endpointsPerWorkspace} webhooks. Supprimez-en un d’abord.`,
      })
    }
    const endpoint = await context.db.prisma.webhookEndpoint.create({
      data: { id: uuidv7(), ...data, createdAt: context.clock.now() },
    })
    const secret = newSecret()
    await this.#options.secrets.put(context, nameOf(endpoint.id), secret)
    context.audit({ resourceType: 'WebhookEndpoint', resourceId: endpoint.id, after: endpoint })
    this.#options.changed(context, endpoint.id)
    return { endpoint, secret }
  }

  /** What is left out stays. Switching one on again forgets what it failed at. @throws ConflictError where somebody saved first */
  async update(context: WorkspaceContext, id: string, given: Partial<EndpointInput>, expectedVersion?: number | null) {
    await context.db.query(sql`select 1 from "WebhookEndpoint" where "id" = ${id} for update`)
    const before = await this.#find(context, id)
    const what = `webhook endpoint "${before.url}"`
    const edited = { what, resourceType: 'WebhookEndpoint', resourceId: id, version: before.version }
    await refuseSavedMeanwhile(context, edited, expectedVersion)
    const { url, eventTypes, ordered, description, active } = await this.#check({ ...before, ...given }, before)
    const again = active && !before.active
    const after = await context.db.prisma.webhookEndpoint.update({
      where: { workspaceId_id: { workspaceId: context.workspaceId, id } },
      data: {
        url,
        eventTypes,
        ordered,
        description,
        active,
        version: { increment: 1 },
        ...((again || url !== before.url) && { restUntil: null }),
        ...(again && { disabledReason: null, failingSince: null }),
      },
    })
    context.audit({ resourceType: 'WebhookEndpoint', resourceId: id, before, after })
    this.#options.changed(context, id)
    return after
  }

  /** A new secret; for a day the one before signs too, unless it can no longer be read. */
  async rotate(context: WorkspaceContext, id: string) {
    const before = await this.#find(context, id)
    const { secrets } = this.#options
    const current = await readableSecret(secrets, context, nameOf(id))
    if (current) await secrets.put(context, previousNameOf(id), current)
    const secret = newSecret()
    await secrets.put(context, nameOf(id), secret)
    const endpoint = await context.db.prisma.webhookEndpoint.update({
      where: { workspaceId_id: { workspaceId: context.workspaceId, id } },
      data: { previousSecretUntil: current ? new Date(context.clock.now().getTime() + overlapMs) : null },
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
    this.#options.changed(context, id)
    return before
  }

  unknownType(path: string, given: string): InvalidInputError {
    return InvalidInputError.of(path, 'UNKNOWN_EVENT_TYPE', {
      en: `There is no type of events "${given}". Ask webhookEventTypes for those there are; "<group>.*" is a group, "*" is everything.`,
      fr: `Il n’y a pas de type d’événements « ${given} ». webhookEventTypes les donne tous ; « <groupe>.* » est un groupe, « * » est tout.`,
    })
  }

  async #find(context: WorkspaceContext, id: string) {
    const endpoint = await context.db.prisma.webhookEndpoint.findFirst({ where: { id } })
    if (!endpoint) throw new NotFoundError('WebhookEndpoint', id)
    return endpoint
  }

  /** @param before what stands there was right when it was saved: since then its plugin may have been switched off */
  async #check(
    given: EndpointInput,
    before?: { readonly url: string; readonly eventTypes: readonly string[] },
  ): Promise<z.output<typeof endpointInput>> {
    const input = checkInput(endpointInput, given as z.input<typeof endpointInput>)
    const { types, reach } = this.#options
    const unknown = input.eventTypes.find((pattern) => !types.knows(pattern) && !before?.eventTypes.includes(pattern))
    if (unknown !== undefined) throw this.unknownType('input.eventTypes', unknown)
    if (input.url !== before?.url) await checkAddress(input.url, reach)
    return { ...input, eventTypes: [...new Set(input.eventTypes)] }
  }
}

/** What is seen before anything is posted; names are looked up once more then. @throws InvalidInputError */
async function checkAddress(address: string, reach: Reach): Promise<void> {
  const url = new URL(address)
  const wrong = (code: string, message: Told) => InvalidInputError.of('input.url', code, message)
  const open = !reach.production || reach.privateNetworks.length > 0
  if (url.protocol !== 'https:' && (!open || url.protocol !== 'http:'))
    throw wrong('NOT_HTTPS', {
      en: `"${address}" does not begin with https://. What is posted there must not be read on its way.`,
      fr: `« ${address} » ne commence pas par https://. Ce qui y est envoyé ne doit pas être lu en chemin.`,
    })
  if (url.username || url.password)
    throw wrong('CREDENTIALS', {
      en: 'The address holds a user or a password, which logs would show. Receivers know us by the signature.',
      fr: 'L’adresse contient un utilisateur ou un mot de passe, que les journaux montreraient. Les destinataires nous reconnaissent à la signature.',
    })
  const { resolveName } = reach
  if (await leadsInside(url, { mayAsk: mayReach(url, reach), ...(resolveName && { resolveName }) }))
    throw wrong('PRIVATE_ADDRESS', {
      en: `"${url.host}" leads into a private network, or to a port other than 80 and 443. Give an address that is public, or let the installation allow it: ESPALIER_WEBHOOK_ALLOW.`,
      fr: `« ${url.host} » mène dans un réseau privé, ou à un port autre que 80 et 443. Donnez une adresse publique, ou faites-la autoriser par l’installation : ESPALIER_WEBHOOK_ALLOW.`,
    })
}

/** A secret; undefined where there is none, or where it does not open: its key may have left the ring. */
export async function readableSecret(
  secrets: Pick<PluginHost['secrets'], 'get'>,
  context: SqlContext,
  name: string,
): Promise<string | undefined> {
  try {
    return await secrets.get(context, name)
  } catch (error) {
    if (!(error instanceof SecretError)) throw error
    return undefined
  }
}

/** Under which name the secret of an endpoint is kept. */
export const nameOf = (endpointId: string) => `webhook/${endpointId}`
export const previousNameOf = (endpointId: string) => `webhook/${endpointId}/previous`

const endpointInput = z.object({
  url: z
    .string()
    .trim()
    .refine(
      (url) => url.length <= 2_000,
      said({ en: 'is longer than 2,000 characters', fr: 'dépasse 2 000 caractères' }),
    )
    .refine(
      (url) => URL.canParse(url),
      said({
        en: 'is no address, such as "https://example.com/hooks"',
        fr: 'n’est pas une adresse, telle que « https://example.com/hooks »',
      }),
    ),
  eventTypes: z
    .array(z.string())
    .min(1, said({ en: 'is empty: what should it get?', fr: 'est vide : que doit-elle recevoir ?' }))
    .default(['notification.*']),
  ordered: z.boolean().default(false),
  description: z
    .string()
    .trim()
    .refine((text) => text.length <= 500, said({ en: 'is longer than 500 characters', fr: 'dépasse 500 caractères' }))
    .default(''),
  active: z.boolean().default(true),
})
