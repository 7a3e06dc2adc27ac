import { type Builder, both, prismaList, withoutNulls, wordEnum, workspaceNode } from '@espalier/core'
import type { Operations } from '../operations.ts'

const read = { authScopes: { permission: 'operations:read' }, subGraphs: both } as const
const write = { authScopes: { permission: 'operations:write' }, subGraphs: both } as const

/** `webhookEndpoints`: where notifications are posted to, with what became of each. */
export function webhookTypes(builder: Builder, { webhooks }: Operations): void {
  const Status = wordEnum(builder, 'WebhookDeliveryStatus', 'Where a delivery stands.', {
    waiting: 'It has not been taken yet, and is tried again.',
    delivered: 'The receiver answered 2xx.',
    failed: 'It is not tried again by itself.',
  })

  const Delivery = workspaceNode(builder, 'WebhookDelivery', {
    description: 'One notification on its way to one endpoint.',
    ...read,
    fields: (t) => ({
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
      notification: t.relation('notification', { nullable: true, description: 'What is told; null for a test.' }),
    }),
  })
  const deliveries = prismaList(builder, Delivery, { filter: { status: Status }, orderBy: ['createdAt'] })

  const Endpoint = workspaceNode(builder, 'WebhookEndpoint', {
    description: 'Where notifications are posted to, signed as Standard Webhooks say.',
    ...read,
    fields: (t) => ({
      url: t.exposeString('url', { description: 'The address.' }),
      kinds: t.exposeStringList('kinds', { description: 'Kinds of notifications that it gets. Empty: all.' }),
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
      deliveries: deliveries.field(t, {
        description: 'What was posted there, the newest first.',
        where: (_args, _ctx, { id }: { id: string }) => ({ endpointId: id }),
      }),
    }),
  })
  const endpoints = prismaList(builder, Endpoint, { filter: { url: 'text', active: 'boolean' }, orderBy: ['id'] })

  builder.queryField('webhookEndpoints', (t) =>
    endpoints.field(t, { description: 'Where notifications are posted to.', ...read }),
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
      url: t.string({ required: true, description: 'An https address that is public.' }),
      kinds: t.stringList({ description: 'Kinds of notifications that it gets. Default: all.' }),
      description: t.string({ description: 'What it is for, up to 500 characters.' }),
    }),
  })
  const UpdateInput = builder.inputType('UpdateWebhookEndpointInput', {
    description: 'A change of an endpoint; what is left out stays.',
    fields: (t) => ({
      url: t.string({ description: 'An https address that is public.' }),
      kinds: t.stringList({ description: 'Kinds of notifications that it gets. Empty: all.' }),
      description: t.string({ description: 'What it is for, up to 500 characters.' }),
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
          url: input.url,
          ...(input.kinds && { kinds: input.kinds }),
          ...(input.description != null && { description: input.description }),
        }),
    }),
  )

  builder.mutationField('updateWebhookEndpoint', (t) =>
    t.field({
      type: Endpoint,
      description: 'Changes an endpoint, switches it off or on.',
      ...write,
      args: { id: idOf(t), input: t.arg({ type: UpdateInput, required: true, description: 'What to change.' }) },
      resolve: (_root, { id, input }, ctx) =>
        webhooks.endpoints.update(ctx, id.id, withoutNulls({ ...input }) as object),
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
      description: 'Posts a message of the type "test", once. Read the delivery again to see what came of it.',
      ...write,
      args: { id: idOf(t) },
      resolve: async (_root, { id }, ctx) => {
        const delivery = await webhooks.test(ctx, id.id)
        return ctx.db.prisma.webhookDelivery.findFirstOrThrow({ where: { id: delivery } })
      },
    }),
  )

  builder.mutationField('retryWebhookDelivery', (t) =>
    t.field({
      type: Delivery,
      description: 'Posts once more what has failed.',
      ...write,
      args: { id: t.arg.globalID({ for: Delivery, required: true, description: 'The delivery.' }) },
      resolve: async (_root, { id }, ctx) => {
        await webhooks.retry(ctx, id.id)
        return ctx.db.prisma.webhookDelivery.findFirstOrThrow({ where: { id: id.id } })
      },
    }),
  )
}
