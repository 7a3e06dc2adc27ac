import { definePluginAdmin } from '@espalier/admin-kit'
import { Bell, BellRing, FileText, Plus, Webhook } from 'lucide-react'
import {
  alertPage,
  alertsPage,
  newRulePage,
  notificationsPage,
  preferencesPage,
  reportsPage,
  rulePage,
  rulesPage,
  webhookPage,
  webhooksPage,
} from './pages.ts'

/** What operations adds to the web app: notifications, alerts and their rules, the daily report, webhooks. */
export default definePluginAdmin({
  name: 'operations',
  pages: [
    notificationsPage,
    preferencesPage,
    alertsPage,
    rulesPage,
    newRulePage,
    rulePage,
    alertPage,
    reportsPage,
    webhooksPage,
    webhookPage,
  ],
  navigation: [
    {
      page: notificationsPage,
      label: notificationsPage.title,
      icon: Bell,
      section: 'overview',
      order: 80,
      keys: 'g n',
      badge: () => import('./notifications/UnreadBadge.tsx'),
    },
    { page: alertsPage, label: alertsPage.title, icon: BellRing, section: 'operations', order: 10, keys: 'g a' },
    { page: reportsPage, label: reportsPage.title, icon: FileText, section: 'operations', order: 60 },
    { page: webhooksPage, label: webhooksPage.title, icon: Webhook, section: 'settings', order: 70 },
  ],
  decisions: [
    { id: 'operations.alerts', permission: 'operations:read', load: () => import('./alerts/AlertDecisions.tsx') },
  ],
  commands: [
    {
      id: 'operations.new-rule',
      label: { en: 'New alert rule', fr: 'Nouvelle règle d’alerte' },
      icon: Plus,
      keys: 'c a',
      permission: 'operations:write',
      run: ({ goTo }) => goTo(newRulePage),
    },
  ],
  search: { permission: 'operations:read', load: () => import('./search.ts') },
})
