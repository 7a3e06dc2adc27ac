import {
  type Builder,
  both,
  deprecated,
  prismaList,
  searchIn,
  withoutNulls,
  wordEnum,
  workspaceNode,
} from '@espalier/core'
import type { Operations } from '../operations.ts'

const read = { authScopes: { permission: 'operations:read' }, subGraphs: both } as const
const write = { authScopes: { permission: 'operations:write' }, subGraphs: both } as const

/** `webhookEndpoints`: where public events are posted to, with what became of each; what these are is in webhookEventType.ts. */
export function webhookTypes(builder: Builder, { webhooks }: Operations): void {
  const Status = wordEnum(builder, 'WebhookDeliveryStatus', 'Where a delivery stands.', {
    waiting: 'It has not been taken yet, and is tried again.',
    delivered: 'The receiver answered 2xx.',
    failed: 'It is not tried again by itself.',
  })

  const Attempt = workspaceNode(builder, 'WebhookAttempt', {
    description: 'One attempt at a delivery.',
    ...read,
    fields: (t) => ({
      number: t.exposeInt('number', { description: 'The first is 1.' }),
      at: t.expose('at', { type: 'DateTime', description: 'When it began.' }),
      durationMs: t.exposeInt('durationMs', {
        description: 'Until the answer, or until it was given up. Milliseconds.',
      }),
      responseStatus: t.exposeInt('responseStatus', {
        nullable: true,
        description: 'HTTP status of the answer; null where there was none.',
      }),
      responseBody: t.exposeString('responseBody', {
        description:
          'The first 1,024 bytes of the answer, as text. It was written by the receiver: show it as it is, never as HTML.',
      }),
      error: t.exposeString('error', { nullable: true, description: 'What was wrong.' }),
    }),
  })
  const attempts = prismaList(builder, Attempt, {
    filter: { at: 'dateTime', responseStatus: 'int' },
    orderBy: ['number'],
  })

  const Delivery = workspaceNode(builder, 'WebhookDelivery', {
    description: 'One message on its way to one endpoint.',
    ...read,
    fields: (t) => ({
      eventType: t.exposeString('eventType', {
        description: 'What is told: "experiments.started", "notification.problem", or "test".',
      }),
      test: t.exposeBoolean('isTest', { description: 'Whether somebody asked for it with testWebhookEndpoint.' }),
      body: t.string({
        description: 'What is posted: JSON, byte for byte as it was signed.',
        select: { message: { select: { body: true } } } as never,
        resolve: ({ message }: { message: { body: string } }) => message.body,
      }),
      status: t.field({ type: Status, description: 'Where it stands.', resolve: ({ status }) => status as 'waiting' }),
      attempts: t.exposeInt('attempts', { description: 'How often it was tried.' }),
      responseStatus: t.exposeInt('responseStatus', {
        nullable: true,
        description: 'HTTP status of the last answer; null where there was none.',
      }),
      error: t.exposeString('error', { nullable: true, description: 'What was wrong at the last attempt.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was to leave.' }),
      lastAttemptAt: t.expose('lastAttemptAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it was tried last.',
      }),
      nextAt: t.expose('nextAt', { type: 'DateTime', nullable: true, description: 'When it is tried next.' }),
      deliveredAt: t.expose('deliveredAt', { type: 'DateTime', nullable: true, description: 'When it was taken.' }),
      notification: t.relation('notification', {
        nullable: true,
        description: 'The notification that is told; null for other events and for a test.',
      }),
      log: attempts.relation(t, 'log', { description: 'Every attempt, with what was answered.' }),
    }),
  })
  const deliveries = prismaList(builder, Delivery, {
    filter: { status: Status, eventType: 'text', createdAt: 'dateTime' },
    orderBy: ['createdAt'],
  })

  const Redelivery = builder
    .objectRef<{ startedAt: Date; total: number; waiting: number; delivered: number; failed: number }>(
      'WebhookRedelivery',
    )
    .implement({
      description: 'How far posting again has come.',
      ...read,
      fields: (t) => ({
        startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it was asked for.' }),
        total: t.exposeInt('total', { description: 'How many deliveries are posted again.' }),
        waiting: t.exposeInt('waiting', { description: 'Of these, how many are still to be taken.' }),
        delivered: t.exposeInt('delivered', { description: 'How many were taken.' }),
        failed: t.exposeInt('failed', { description: 'How many have failed once more, for good.' }),
      }),
    })

  const Endpoint = workspaceNode(builder, 'WebhookEndpoint', {
    description: 'Where public events are posted to, signed as Standard Webhooks say.',
    ...read,
    fields: (t) => ({
      url: t.exposeString('url', { description: 'The address.' }),
      eventTypes: t.exposeStringList('eventTypes', {
        description: 'What it gets: types of webhookEventTypes, "<group>.*" for all of a group, "*" for everything.',
      }),
      kinds: t.stringList({
        description: 'Kinds of notifications that it gets. Empty: all, or none.',
        deprecationReason: deprecated(
          '2026-11-22',
          'eventTypes: notifications are among them as "notification.<kind>"',
        ),
        resolve: ({ eventTypes }) => eventTypes.flatMap((type) => /^notification\.(\w+)$/.exec(type)?.slice(1) ?? []),
      }),
      ordered: t.exposeBoolean('ordered', {
        description:
          'Whether messages about one thing come one after another: a later one waits until the one before was taken or given up.',
      }),
      description: t.exposeString('description', { description: 'What it is for.' }),
      active: t.exposeBoolean('active', { description: 'Whether anything is posted.' }),
      disabledReason: t.exposeString('disabledReason', {
        nullable: true,
        description: 'Why it was switched off by itself.',
      }),
      failingSince: t.expose('failingSince', {
        type: 'DateTime',
        nullable: true,
        description: 'First failure since the last success.',
      }),
      previousSecretUntil: t.expose('previousSecretUntil', {
        type: 'DateTime',
        nullable: true,
        description: 'Until then the secret before the last rotation signs too.',
      }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was added.' }),
      version: t.exposeInt('version', {
        description: 'How often people have saved it. Give it back with updateWebhookEndpoint as `expectedVersion`.',
      }),
      redelivery: t.field({
        type: Redelivery,
        nullable: true,
        description: 'The last redelivery of many; null where there was none.',
        resolve: ({ redeliveryId, redeliveryAt }, _args, ctx) =>
          redeliveryId && redeliveryAt ? webhooks.redelivery(ctx, redeliveryId, redeliveryAt) : null,
      }),
      deliveries: deliveries.field(t, {
        description: 'What was posted there, the newest first.',
        where: (_args, _ctx, { id }: { id: string }) => ({ endpointId: id }),
      }),
    }),
  })
  const endpoints = prismaList(builder, Endpoint, {
    filter: { search: searchIn('url', 'description'), url: 'text', active: 'boolean' },
    orderBy: ['id'],
  })

  builder.queryField('webhookEndpoints', (t) =>
    endpoints.field(t, { description: 'Where public events are posted to.', ...read }),
  )

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
