import { type Builder, both, deprecated, type WorkspaceNodeRef, withoutNulls } from '@espalier/core'
import type { Webhooks } from '../webhooks/webhooks.ts'

const write = { authScopes: { permission: 'operations:write' }, subGraphs: both } as const

/** What is done to endpoints and their deliveries. */
export function webhookMutations(
  builder: Builder,
  webhooks: Webhooks,
  Endpoint: WorkspaceNodeRef<'WebhookEndpoint'>,
  Delivery: WorkspaceNodeRef<'WebhookDelivery'>,
): void {
  const Secret = builder
    .objectRef<{ endpoint: { id: string }; secret: string }>('WebhookEndpointWithSecret')
    .implement({
      description: 'An endpoint with its secret, which is told only now.',
      ...write,
      fields: (t) => ({
        endpoint: t.field({
          type: Endpoint,
          description: 'The endpoint.',
          resolve: ({ endpoint }, _args, ctx) =>
            ctx.db.prisma.webhookEndpoint.findFirstOrThrow({ where: { id: endpoint.id } }),
        }),
        secret: t.exposeString('secret', {
          description: 'What signatures are made with, for the receiver: "whsec_" and base64.',
        }),
      }),
    })

  const CreateInput = builder.inputType('CreateWebhookEndpointInput', {
    description: 'An endpoint to be.',
    fields: (t) => ({
      url: t.string({
        required: true,
        description: 'An https address that is public. Example: `https://example.com/hooks/espalier`.',
      }),
      eventTypes: t.stringList({
        description:
          'What it gets: types of webhookEventTypes, "<group>.*", "*". Default: all notifications. Example: `["experiments.*", "mail.bounced"]`.',
      }),
      ordered: t.boolean({ description: 'Whether messages about one thing come one after another. Default: false.' }),
      kinds: t.stringList({
        description: 'Kinds of notifications that it gets. Default: all. Example: `["approval", "problem"]`.',
        deprecationReason: deprecated('2026-11-22', 'eventTypes with "notification.<kind>"'),
      }),
      description: t.string({ description: 'What it is for, up to 500 characters. Example: `Tells the shop`.' }),
    }),
  })
  const UpdateInput = builder.inputType('UpdateWebhookEndpointInput', {
    description: 'A change of an endpoint; what is left out stays.',
    fields: (t) => ({
      url: t.string({ description: 'An https address that is public. Example: `https://example.com/hooks/espalier`.' }),
      eventTypes: t.stringList({
        description:
          'What it gets: types of webhookEventTypes, "<group>.*" for all of a group, "*". Example: `["experiments.*", "mail.bounced"]`.',
      }),
      ordered: t.boolean({ description: 'Whether messages about one thing come one after another.' }),
      kinds: t.stringList({
        description: 'Kinds of notifications that it gets. Empty: all. Example: `["approval", "problem"]`.',
        deprecationReason: deprecated('2026-11-22', 'eventTypes with "notification.<kind>"'),
      }),
      description: t.string({ description: 'What it is for, up to 500 characters. Example: `Tells the shop`.' }),
      active: t.boolean({ description: 'Whether anything is posted.' }),
    }),
  })
  const idOf = (t: Parameters<Parameters<Builder['mutationField']>[1]>[0]) =>
    t.arg.globalID({ for: Endpoint, required: true, description: 'The endpoint.' })

  builder.mutationField('createWebhookEndpoint', (t) =>
    t.field({
      type: Secret,
      description: 'Adds an endpoint. Keep the secret: it is not told again.',
      ...write,
      args: { input: t.arg({ type: CreateInput, required: true, description: 'The endpoint.' }) },
      resolve: (_root, { input }, ctx) =>
        webhooks.endpoints.create(ctx, {
          ...(withoutNulls({ ...withEventTypes(input) }) as object),
          url: input.url,
        }),
    }),
  )

  builder.mutationField('updateWebhookEndpoint', (t) =>
    t.field({
      type: Endpoint,
      description: 'Changes an endpoint, switches it off or on.',
      ...write,
      args: {
        id: idOf(t),
        input: t.arg({ type: UpdateInput, required: true, description: 'What to change.' }),
        expectedVersion: t.arg.int({
          description:
            'The version that was read and changed. Refused where somebody has saved since; without it the last one wins.',
        }),
      },
      resolve: (_root, { id, input, expectedVersion }, ctx) =>
        webhooks.endpoints.update(ctx, id.id, withoutNulls({ ...withEventTypes(input) }) as object, expectedVersion),
    }),
  )

  builder.mutationField('rotateWebhookSecret', (t) =>
    t.field({
      type: Secret,
      description:
        'Makes a new secret. For 24 hours messages carry signatures of both, so that nothing is refused meanwhile.',
      ...write,
      args: { id: idOf(t) },
      resolve: (_root, { id }, ctx) => webhooks.endpoints.rotate(ctx, id.id),
    }),
  )

  const Deleted = builder.objectRef<{ id: string }>('DeletedWebhookEndpoint').implement({
    description: 'An endpoint that is gone.',
    ...write,
    fields: (t) => ({
      id: t.globalID({ description: 'Its id.', resolve: ({ id }) => ({ type: 'WebhookEndpoint', id }) }),
    }),
  })

  builder.mutationField('deleteWebhookEndpoint', (t) =>
    t.field({
      type: Deleted,
      description: 'Deletes an endpoint, with the record of what was posted there.',
      ...write,
      args: { id: idOf(t) },
      resolve: (_root, { id }, ctx) => webhooks.endpoints.delete(ctx, id.id),
    }),
  )

  builder.mutationField('testWebhookEndpoint', (t) =>
    t.field({
      type: Delivery,
      description: 'Posts an example once, marked by `test: true`. Read the delivery again to see what came of it.',
      ...write,
      args: {
        id: idOf(t),
        eventType: t.arg.string({
          description:
            'Whose example is posted. Default: "test", which says nothing. Example: `experiments.completed`.',
        }),
      },
      resolve: async (_root, { id, eventType }, ctx) => {
        const delivery = await webhooks.test(ctx, id.id, eventType ?? undefined)
        return ctx.db.prisma.webhookDelivery.findFirstOrThrow({ where: { id: delivery } })
      },
    }),
  )

  builder.mutationField('retryWebhookDelivery', (t) =>
    t.field({
      type: Delivery,
      description: 'Posts once more what has failed or was taken, for a day until it is taken.',
      ...write,
      args: { id: t.arg.globalID({ for: Delivery, required: true, description: 'The delivery.' }) },
      resolve: async (_root, { id }, ctx) => {
        await webhooks.retry(ctx, id.id)
        return ctx.db.prisma.webhookDelivery.findFirstOrThrow({ where: { id: id.id } })
      },
    }),
  )

  builder.mutationField('redeliverWebhooks', (t) =>
    t.field({
      type: Endpoint,
      description:
        'Posts once more all that an endpoint has not taken since a time, tests apart. `redelivery` says how far it has come.',
      ...write,
      args: {
        id: idOf(t),
        since: t.arg({
          type: 'DateTime',
          required: true,
          description: 'What was to leave then or later: when the receiver went down. Example: `2026-11-22T09:00:00Z`.',
        }),
      },
      resolve: async (_root, { id, since }, ctx) => {
        await webhooks.redeliver(ctx, id.id, since)
        return ctx.db.prisma.webhookEndpoint.findFirstOrThrow({ where: { id: id.id } })
      },
    }),
  )
}

/** Kinds of notifications, as they were given before there were other events, among the types. */
function withEventTypes<Input extends { kinds?: string[] | null; eventTypes?: string[] | null }>({
  kinds,
  ...input
}: Input) {
  if (!kinds || input.eventTypes) return input
  return { ...input, eventTypes: kinds.length === 0 ? ['notification.*'] : kinds.map((kind) => `notification.${kind}`) }
}
