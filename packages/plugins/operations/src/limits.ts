import { type PluginLimit, sql } from '@espalier/core'
import type { Operations } from './operations.ts'
import { endpointsPerWorkspace } from './webhooks/endpoints.ts'

/** Webhooks, and how long it is remembered what people were told. */
export const operationsLimits: readonly PluginLimit<Operations>[] = [
  {
    key: 'operations.webhooks',
    title: { en: 'Webhooks', fr: 'Webhooks' },
    about: { en: 'Addresses that are told what happens.', fr: 'Adresses auxquelles on dit ce qui se passe.' },
    unit: 'count',
    from: { kind: 'fixed' },
    read: async (_operations, context) => {
      const [row] = await context.db.query<{ used: number }>(sql`select count(*)::int as "used" from "WebhookEndpoint"`)
      return { most: endpointsPerWorkspace, used: row?.used ?? 0 }
    },
  },
  {
    key: 'operations.retention',
    title: { en: 'Notifications are kept', fr: 'Les notifications sont gardées' },
    about: { en: 'And the daily reports.', fr: 'Ainsi que les rapports quotidiens.' },
    unit: 'days',
    from: { kind: 'setting', name: 'keepDays' },
    read: async (operations, context) => ({ most: await operations.keepDays(context) }),
  },
  {
    key: 'operations.webhook-log',
    title: { en: 'The log of webhooks is kept', fr: 'Le journal des webhooks est gardé' },
    about: {
      en: 'What was posted and what receivers answered.',
      fr: 'Ce qui a été posté et ce que les destinataires ont répondu.',
    },
    unit: 'days',
    from: { kind: 'setting', name: 'keepWebhookDays' },
    read: async (operations, context) => ({ most: await operations.keepWebhookDays(context) }),
  },
]
