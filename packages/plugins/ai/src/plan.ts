import { createHash, createHmac } from 'node:crypto'
import { InvalidInputError, issueTold, said, type Told } from '@espalier/core'
import { z } from 'zod'
import type { ModelMessage, ModelRequest } from './gateway.ts'
import { costOf, mostTokens, type Price, priceOf } from './prices.ts'
import { Redaction } from './redaction.ts'
import type { ServiceParameters } from './serviceRequest.ts'
import type { Settings } from './settings.ts'
import { type OutputFormat, outputFormat } from './structuredOutput.ts'

/** A request, settled in every detail: what will leave, and what it may cost. */
export interface Plan {
  readonly request: ModelRequest<unknown>
  readonly model: string
  readonly endpoint: Settings['endpoint']
  readonly parameters: ServiceParameters
  /** As they leave. */
  readonly messages: readonly ModelMessage[]
  readonly redaction: Redaction | undefined
  readonly format: OutputFormat | undefined
  /** Keyed hash of what was asked, settings aside: the same key must mean the same. */
  readonly askedHash: Buffer
  /** Of what leaves. */
  readonly requestHash: Buffer
  readonly cacheSeconds: number
  readonly price: Price | undefined
}

/** @throws InvalidInputError, naming the field and the value */
export function checkRequest(request: ModelRequest<unknown>): void {
  const parsed = checked.safeParse(request)
  if (parsed.success) return
  throw new InvalidInputError(
    parsed.error.issues.map((issue) => {
      const { path } = issue
      const value = path.reduce<unknown>(
        (part, key) => (part as Record<PropertyKey, unknown> | undefined)?.[key],
        request,
      )
      return {
        path: path.join('.'),
        code: 'INVALID_REQUEST',
        message: given(issueTold(issue, request), JSON.stringify(value)?.slice(0, 100)),
      }
    }),
  )
}

function given({ en, fr }: Told, value: string | undefined): Told {
  return { en: `${en} (${value ?? 'nothing'} was given).`, fr: `${fr} (reçu : ${value ?? 'rien'}).` }
}

/** What a request means under the workspace's settings. */
export function planRequest(
  request: ModelRequest<unknown>,
  settings: Settings,
  baseUrl: string,
  hashKey: Buffer,
): Plan {
  const { parameters = {}, messages, output } = request
  const format = output && outputFormat(output)
  const model = parameters.model ?? settings.model
  const sent: ServiceParameters = {
    maxOutputTokens: parameters.maxOutputTokens ?? settings.maxOutputTokens,
    ...(parameters.temperature !== undefined && { temperature: parameters.temperature }),
    ...(parameters.topP !== undefined && { topP: parameters.topP }),
    ...(parameters.seed !== undefined && { seed: parameters.seed }),
  }
  const redaction = settings.redact === 'personal' ? redactionOf(messages) : undefined
  const leaving = messages.map(({ role, content }) => {
    const text = storable(content)
    return { role, content: redaction?.redact(text) ?? text }
  })
  const { endpoint } = settings
  return {
    request,
    model,
    endpoint,
    parameters: sent,
    messages: leaving,
    redaction,
    format,
    askedHash: createHmac('sha256', hashKey)
      .update(
        canonical([request.purpose, messages.map(({ role, content }) => [role, content]), parameters, format?.plain]),
      )
      .digest(),
    requestHash: createHash('sha256')
      .update(
        canonical([
          baseUrl,
          endpoint,
          model,
          leaving.map(({ role, content }) => [role, content]),
          sent,
          format?.schema,
        ]),
      )
      .digest(),
    cacheSeconds: request.cacheSeconds ?? settings.cacheSeconds,
    price: priceOf(model, settings.prices),
  }
}

/** What the personal data in messages becomes, and back: the same for the same messages. */
export function redactionOf(messages: readonly ModelMessage[]): Redaction {
  return new Redaction(messages.map(({ content }) => content))
}

/** The most that one request can cost; null where the model has no price. Millionths of a US dollar. */
export function mostCost({ price, parameters, format }: Plan, messages: readonly ModelMessage[]): number | null {
  if (!price) return null
  const texts = messages.map(({ content }) => content)
  const inputTokens = mostTokens(format ? [...texts, JSON.stringify(format.schema)] : texts)
  // What is cached is never dearer, but a workspace may have set it so.
  const dearest = { ...price, input: Math.max(price.input, price.cachedInput) }
  return costOf(dearest, { inputTokens, cachedTokens: 0, outputTokens: parameters.maxOutputTokens })
}

const text = (most: number) =>
  z.custom<string>(
    (value) => typeof value === 'string' && value.length > 0 && value.length <= most && value === storable(value),
    said({
      en: `must be a text of 1 to ${most.toLocaleString('en-US')} characters`,
      fr: `doit être un texte de 1 à ${most.toLocaleString('en-US')} caractères`,
    }),
  )
const between = (least: number, most: number) =>
  z
    .number(said({ en: `must be a number`, fr: 'doit être un nombre' }))
    .gte(least, said({ en: `is less than ${least}`, fr: `est inférieur à ${least}` }))
    .lte(most, said({ en: `is more than ${most}`, fr: `dépasse ${most}` }))
    .optional()

const uuid = z.uuid(said({ en: 'must be a UUID', fr: 'doit être un UUID' }))

/** What `ask` takes; functions and schemas aside. */
const checked = z.object({
  purpose: text(100),
  idempotencyKey: text(200),
  messages: z.custom<readonly ModelMessage[]>(
    (value) =>
      Array.isArray(value) &&
      value.length > 0 &&
      value.every(
        (message) => ['system', 'user', 'assistant'].includes(message?.role) && typeof message.content === 'string',
      ),
    said({
      en: 'must be one or more messages, each with a role (system, user or assistant) and a content',
      fr: 'doit être un ou plusieurs messages, chacun avec un rôle (system, user ou assistant) et un contenu',
    }),
  ),
  prompt: z.object({ name: text(200), variantId: uuid }).optional(),
  subject: z.object({ type: text(100), id: uuid }).optional(),
  parameters: z
    .object({
      model: text(200).optional(),
      temperature: between(0, 2),
      topP: z
        .number(said({ en: 'must be a number', fr: 'doit être un nombre' }))
        .gt(0, said({ en: 'is not more than 0', fr: 'n’est pas supérieur à 0' }))
        .lte(1, said({ en: 'is more than 1', fr: 'dépasse 1' }))
        .optional(),
      maxOutputTokens: z
        .int(said({ en: 'must be a whole number', fr: 'doit être un nombre entier' }))
        .gte(1, said({ en: 'is less than 1', fr: 'est inférieur à 1' }))
        .lte(200_000, said({ en: 'is more than 200,000', fr: 'dépasse 200 000' }))
        .optional(),
      seed: z.int(said({ en: 'must be a whole number', fr: 'doit être un nombre entier' })).optional(),
    })
    .optional(),
  cacheSeconds: z
    .int(said({ en: 'must be a whole number', fr: 'doit être un nombre entier' }))
    .gte(0, said({ en: 'is less than 0', fr: 'est inférieur à 0' }))
    .lte(2_592_000, said({ en: 'is more than 30 days', fr: 'dépasse 30 jours' }))
    .optional(),
})

/** What PostgreSQL cannot keep, no model misses: null characters, halves of surrogate pairs. */
export function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed()
}

/** JSON with the names of objects in order: the same however they were written. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  )
}
