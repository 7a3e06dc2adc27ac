import { type Builder, both, told } from '@espalier/core'
import type { Operations } from '../operations.ts'
import type { EventType as WebhookEventType } from '../webhooks/eventTypes.ts'

const read = { authScopes: { permission: 'operations:read' }, subGraphs: both } as const

/** `webhookEventTypes`: what endpoints can subscribe to, with an example and a schema. */
export function webhookEventTypes(builder: Builder, { webhooks }: Operations): void {
  const EventType = builder.objectRef<WebhookEventType>('WebhookEventType').implement({
    description: 'Something that an endpoint can subscribe to.',
    ...read,
    fields: (t) => ({
      type: t.exposeString('type', { description: 'As messages name it: "experiments.started".' }),
      group: t.exposeString('group', {
        description: 'What comes before the first dot; "<group>.*" subscribes to all of it.',
      }),
      groupTitle: t.string({
        description: 'What the group is called, in the language of whoever asks.',
        resolve: ({ groupTitle }, _args, ctx) => told(ctx.request.locale, groupTitle),
      }),
      description: t.string({
        description: 'When it is told, in the language of whoever asks.',
        resolve: ({ description }, _args, ctx) => told(ctx.request.locale, description),
      }),
      frequent: t.exposeBoolean('frequent', {
        description: 'It comes as often as visitors act: no "*" and no group has it in it, only its own name.',
      }),
      ordered: t.exposeBoolean('ordered', {
        description: 'Whether endpoints that keep the order get messages about one thing in it.',
      }),
      example: t.expose('example', { type: 'JSON', description: 'An example of `data`.' }),
      schema: t.expose('schema', {
        type: 'JSON',
        description: 'JSON Schema of `data`. Fields may be added, none is taken away.',
      }),
    }),
  })

  builder.queryField('webhookEventTypes', (t) =>
    t.field({
      type: [EventType],
      description: 'All that endpoints can subscribe to, by name.',
      ...read,
      extensions: { boundedList: 'Plugins declare them.' },
      resolve: () => [...webhooks.types.all],
    }),
  )
}
