import {
  type Builder,
  both,
  deprecated,
  filterBy,
  type GraphQLContext,
  prismaList,
  refuseWithout,
  searchIn,
  wordEnum,
  workspaceNode,
} from '@espalier/core'
import type { Operations } from '../operations.ts'
import { serverOf } from '../webhooks/serverOf.ts'
import { webhookMutations } from './webhookMutations.ts'

const read = { authScopes: { permission: 'operations:read' }, subGraphs: both } as const

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
      url: t.string({
        description:
          'The address: for whoever may change it. Others see the server alone, "https://example.com/…", because what follows is often what lets a message in.',
        resolve: ({ url }, _args, context) => (mayChange(context) ? url : serverOf(url)),
      }),
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
    filter: { search: searchAsSeen, url: 'text', active: 'boolean' },
    orderBy: ['id'],
  })

  builder.queryField('webhookEndpoints', (t) =>
    endpoints.field(t, {
      description: 'Where public events are posted to.',
      ...read,
      where: ({ filter }, context) => {
        // Letter by letter a filter would tell what is not shown.
        if ((filter as { url?: object | null } | null | undefined)?.url)
          refuseWithout(context, 'operations:write', 'WebhookEndpointFilter.url')
        return {}
      },
    }),
  )

  webhookMutations(builder, webhooks, Endpoint, Delivery)
}

const mayChange = (context: GraphQLContext) => context.may('operations:write')

const inBoth = searchIn('url', 'description')
const inDescription = searchIn('description')

/** Finds by an address only whoever sees it. */
const searchAsSeen = filterBy('String', inBoth.description, (text, context) =>
  (mayChange(context) ? inBoth : inDescription).condition(text as never, context),
)
