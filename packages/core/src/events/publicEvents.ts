import { z } from 'zod'
import { startError } from '../errors.ts'
import { globalIdOf } from '../schema/relay.ts'
import type { EventDefinition } from './defineEvent.ts'

/** How an event is told to other systems, by webhooks for one. What is told once is relied upon: add to it, take nothing away. */
export interface PublicEventOptions<Payload> {
  /** What has happened, as a sentence. */
  readonly description: { readonly en: string; readonly fr: string }
  /** A payload as it is published in the house: what is told of it is shown to whoever subscribes. */
  readonly example: Payload
  /** Fields that hold ids, or lists of ids, and the type that they are of in GraphQL: they are told as the ids of the API. */
  readonly ids?: { readonly [Field in keyof Payload]?: string }
  /** Fields that stay in the house: what is personal, or means nothing outside. */
  readonly internal?: readonly (keyof Payload & string)[]
  /** Comes as often as visitors act. Nobody gets it who did not ask for it by its name. */
  readonly frequent?: boolean
}

/** A public event of a plugin that is switched on, ready to be told. */
export interface PublicEvent {
  /** "experiments.started" */
  readonly name: string
  readonly plugin: string
  /** What the plugin is called. */
  readonly title: { readonly en: string; readonly fr: string }
  readonly description: { readonly en: string; readonly fr: string }
  readonly frequent: boolean
  /** Whether events about one thing have an order. */
  readonly isOrdered: boolean
  /** What is told, as JSON Schema of the draft 2020-12. */
  readonly schema: Readonly<Record<string, unknown>>
  readonly example: Readonly<Record<string, unknown>>
  /** What is told of a payload. */
  tell(payload: unknown): Record<string, unknown>
  /** What the event is about, apart from other kinds of things: events of one key have an order. Undefined: it has none. */
  keyOf(payload: unknown): string | undefined
}

/**
 * The public events of an installation by name.
 *
 * @throws StartError PLUGIN_DEFECT for one that is not public, is named after another plugin, whose payload is no object, whose
 *   example does not fit, or that names fields which it has not; DEFINITION_DUPLICATED for two of one name
 */
export function publicEvents(declared: readonly Declared[]): ReadonlyMap<string, PublicEvent> {
  const byName = new Map<string, PublicEvent>()
  for (const from of declared)
    for (const event of from.events) {
      const { plugin } = from
      const taken = byName.get(event.name)
      if (taken) throw startError('DEFINITION_DUPLICATED', 'event', event.name, taken.plugin, plugin)
      byName.set(event.name, publicEvent(from, event))
    }
  return byName
}

/** A plugin, what it is called, and its events that are public. */
interface Declared {
  readonly plugin: string
  readonly title: { readonly en: string; readonly fr: string }
  // biome-ignore lint/suspicious/noExplicitAny: events with payloads of any type stand side by side
  readonly events: readonly EventDefinition<any>[]
}

function publicEvent(
  { plugin, title }: Declared,
  // biome-ignore lint/suspicious/noExplicitAny: as above
  { name, payload, key, public: options }: EventDefinition<any>,
): PublicEvent {
  const wrong = (what: string) => startError('PLUGIN_DEFECT', plugin, `event "${name}"`, what)
  if (!options) throw wrong('is among its events and says nothing for others. Give it `public`, or leave it out.')
  if (!name.startsWith(`${plugin}.`)) throw wrong(`must be named "${plugin}." followed by what has happened.`)
  if (!(payload instanceof z.ZodObject))
    throw wrong('has a payload that is no z.object. Others need fields with names.')
  const internal = new Set<string>(options.internal ?? [])
  const ids = (options.ids ?? {}) as Readonly<Record<string, string>>
  const unknown = [...internal, ...Object.keys(ids)].find((field) => !Object.hasOwn(payload.shape, field))
  if (unknown !== undefined) throw wrong(`names the field "${unknown}", which its payload has not.`)
  const parsed = payload.safeParse(options.example)
  if (!parsed.success) throw wrong(`has an example that its payload refuses: ${z.prettifyError(parsed.error)}`)

  const tell = (given: unknown) =>
    Object.fromEntries(
      Object.entries(without(given as Record<string, unknown>, internal)).map(([field, value]) => [
        field,
        asGlobalId(ids[field], value),
      ]),
    )
  return {
    name,
    plugin,
    title,
    description: options.description,
    frequent: options.frequent ?? false,
    isOrdered: key !== undefined,
    schema: schemaOf(z.object(without(payload.shape, internal)), ids),
    example: tell(parsed.data),
    tell,
    keyOf: (given) => (key ? `${plugin} ${key(given)}` : undefined),
  }
}

function without<Value>(fields: Readonly<Record<string, Value>>, left: ReadonlySet<string>): Record<string, Value> {
  return Object.fromEntries(Object.entries(fields).filter(([field]) => !left.has(field)))
}

function asGlobalId(type: string | undefined, value: unknown): unknown {
  if (type === undefined) return value
  if (Array.isArray(value)) return value.map((id) => globalIdOf(type, id))
  return typeof value === 'string' ? globalIdOf(type, value) : value
}

/** Ids of the API are opaque texts, wherever the house has a uuid. */
function schemaOf(payload: z.ZodObject, ids: Readonly<Record<string, string>>): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(payload, {
    io: 'output',
    override: ({ jsonSchema }) => {
      // A format says it, and its pattern says it again in 200 characters.
      if (jsonSchema.format) delete jsonSchema.pattern
    },
  })
  const properties = (schema.properties ?? {}) as Record<string, Record<string, unknown>>
  for (const [field, type] of Object.entries(ids)) {
    const was = properties[field]
    if (!was) continue
    const id = { type: 'string', description: was.description ?? `Id of a ${type} in the API.` }
    const isNullable = Array.isArray(was.anyOf)
    if (was.type === 'array') properties[field] = { type: 'array', items: id }
    else properties[field] = isNullable ? { anyOf: [id, { type: 'null' }] } : id
  }
  return { ...schema, properties }
}
