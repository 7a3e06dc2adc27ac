import { listSearch, page } from '@espalier/admin-kit'
import * as v from 'valibot'

const read = 'operations:read'

export const notificationsPage = page({
  path: 'notifications',
  title: { en: 'Notifications', fr: 'Notifications' },
  permission: read,
  search: listSearch,
  load: () => import('./notifications/Notifications.tsx'),
})

export const preferencesPage = page({
  path: 'notifications/preferences',
  title: { en: 'What I am told', fr: 'Ce qu’on me dit' },
  permission: read,
  load: () => import('./notifications/Preferences.tsx'),
})

export const alertsPage = page({
  path: 'alerts',
  title: { en: 'Alerts', fr: 'Alertes' },
  permission: read,
  search: listSearch,
  load: () => import('./alerts/Alerts.tsx'),
})

export const rulesPage = page({
  path: 'alerts/rules',
  title: { en: 'Alert rules', fr: 'Règles d’alerte' },
  permission: read,
  search: listSearch,
  load: () => import('./alerts/Rules.tsx'),
})

export const newRulePage = page({
  path: 'alerts/rules/new',
  title: { en: 'New alert rule', fr: 'Nouvelle règle d’alerte' },
  permission: 'operations:write',
  search: v.object({ metric: v.fallback(v.optional(v.string()), undefined) }),
  load: () => import('./alerts/NewRule.tsx'),
})

export const rulePage = page({
  path: 'alerts/rules/$id',
  title: { en: 'Alert rule', fr: 'Règle d’alerte' },
  permission: read,
  load: () => import('./alerts/EditRule.tsx'),
})

export const alertPage = page({
  path: 'alerts/$id',
  title: { en: 'Alert', fr: 'Alerte' },
  permission: read,
  load: () => import('./alerts/Alert.tsx'),
})

export const reportsPage = page({
  path: 'reports',
  title: { en: 'Daily report', fr: 'Rapport quotidien' },
  permission: read,
  load: () => import('./reports/Reports.tsx'),
})

export const webhooksPage = page({
  path: 'settings/webhooks',
  title: { en: 'Webhooks', fr: 'Webhooks' },
  permission: read,
  search: listSearch,
  load: () => import('./webhooks/Webhooks.tsx'),
})

export const webhookPage = page({
  path: 'settings/webhooks/$id',
  title: { en: 'Webhook', fr: 'Webhook' },
  permission: read,
  search: listSearch,
  load: () => import('./webhooks/Webhook.tsx'),
})
