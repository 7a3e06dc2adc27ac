import type { PublicEvent } from '@espalier/core'
import type { Kinds } from '../notifications/kinds.ts'

/** Something that an endpoint can subscribe to. */
export interface EventType {
  /** "experiments.started", "notification.problem" */
  readonly type: string
  /** What comes before the first dot: `<group>.*` is all of it. */
  readonly group: string
  readonly groupTitle: { readonly en: string; readonly fr: string }
  readonly description: { readonly en: string; readonly fr: string }
  /** Comes as often as visitors act: only who names it gets it. */
  readonly frequent: boolean
  /** Whether messages about one thing have an order, for endpoints that keep it. */
  readonly ordered: boolean
  /** Of `data`, as JSON Schema. */
  readonly schema: Readonly<Record<string, unknown>>
  /** Of `data`. */
  readonly example: Readonly<Record<string, unknown>>
}

/** All that endpoints can subscribe to: public events of the plugins, and every kind of notification. */
export class EventTypes {
  readonly #events: ReadonlyMap<string, PublicEvent>
  readonly #kinds: Kinds
  readonly #publicUrl: string

  constructor(events: ReadonlyMap<string, PublicEvent>, kinds: Kinds, publicUrl: string) {
    this.#events = events
    this.#kinds = kinds
    this.#publicUrl = publicUrl
  }

  /** By name. */
  get all(): readonly EventType[] {
    const events = [...this.#events.values()].map(ofEvent)
    const kinds = this.#kinds.all.map(({ name, description }) => ofKind(name, description, this.#publicUrl))
    return [...events, ...kinds].sort((one, other) => (one.type < other.type ? -1 : 1))
  }

  find(type: string): EventType | undefined {
    return this.all.find((known) => known.type === type)
  }

  /** Whether there is anything that a line of a subscription can mean: a type, `<group>.*` or `*`. */
  knows(pattern: string): boolean {
    return pattern === '*' || this.all.some(({ type, group }) => type === pattern || pattern === `${group}.*`)
  }

  /** Whether a subscription has a type in it. What is frequent has to be named in full. */
  wants(subscription: readonly string[], type: string): boolean {
    if (subscription.includes(type)) return true
    if (this.#events.get(type)?.frequent) return false
    return subscription.includes('*') || subscription.includes(`${groupOf(type)}.*`)
  }
}

const groupOf = (type: string) => type.slice(0, type.indexOf('.'))

function ofEvent(event: PublicEvent): EventType {
  const { name, plugin, title, description, frequent, schema, example } = event
  const ordered = event.isOrdered
  return { type: name, group: plugin, groupTitle: title, description, frequent, ordered, schema, example }
}

function ofKind(kind: string, description: EventType['description'], publicUrl: string): EventType {
  return {
    type: `notification.${kind}`,
    group: 'notification',
    groupTitle: { en: 'Notifications', fr: 'Notifications' },
    description,
    frequent: false,
    ordered: false,
    schema: notificationSchema,
    example: {
      id: '0199b3c4-5d6e-7f80-8192-a3b4c5d6e7f8',
      workspaceId: '0199b3c4-5d6e-7f80-8192-a3b4c5d6e7f9',
      key: 'example/1',
      severity: 'info',
      title: { en: description.en, fr: description.fr },
      body: { en: '', fr: '' },
      url: `${publicUrl}/admin/notifications`,
      details: {},
    },
  }
}

const bothLanguages = {
  type: 'object',
  properties: { en: { type: 'string' }, fr: { type: 'string' } },
  required: ['en', 'fr'],
}

const notificationSchema = {
  type: 'object',
  properties: {
    id: {
      type: 'string',
      format: 'uuid',
      description: 'The notification, without the type that ids of the API carry.',
    },
    workspaceId: { type: 'string', format: 'uuid', description: 'The workspace.' },
    key: { type: 'string', description: 'What it is about: the same key is one notification.' },
    severity: { type: 'string', enum: ['info', 'success', 'warning', 'critical'] },
    title: bothLanguages,
    body: bothLanguages,
    url: { anyOf: [{ type: 'string' }, { type: 'null' }], description: 'Where to look in the web app.' },
    details: { type: 'object', description: 'What the kind has to say beside it.' },
  },
  required: ['id', 'workspaceId', 'key', 'severity', 'title', 'body', 'url', 'details'],
}
