import type { PluginWords } from '@espalier/core'
import type { settings } from './settings.ts'

/** What the plugin, its settings and its permissions are called in the web app. */
export const words: PluginWords<typeof settings> = {
  title: { en: 'Operations', fr: 'Exploitation' },
  about: {
    en: 'Notifications, alerts, daily reports and webhooks.',
    fr: 'Notifications, alertes, rapports quotidiens et webhooks.',
  },
  settings: {
    dailyReport: {
      title: { en: 'Daily report', fr: 'Rapport quotidien' },
      fr: 'Qui reçoit le rapport quotidien parmi ceux qui n’ont rien dit : propriétaires et administrateurs, sauf indication.',
      options: {
        nobody: { en: 'Nobody', fr: 'Personne' },
        admins: { en: 'Owners and administrators', fr: 'Propriétaires et administrateurs' },
        everyone: { en: 'Everybody', fr: 'Tout le monde' },
      },
    },
    reportAt: {
      title: { en: 'It leaves at', fr: 'Il part à' },
      fr: 'Quand partent le rapport quotidien et le résumé des notifications, dans le fuseau de qui les reçoit.',
    },
    timeZone: {
      title: { en: 'Time zone', fr: 'Fuseau horaire' },
      fr: 'Fuseau horaire des membres qui n’ont rien dit, et des règles d’alerte. Vide : celui du trafic.',
    },
    keepDays: {
      title: { en: 'Keep notifications for', fr: 'Garder les notifications pendant' },
      fr: 'Jours pendant lesquels sont gardées les notifications.',
      unit: 'days',
    },
    keepWebhookDays: {
      title: { en: 'Keep the log of webhooks for', fr: 'Garder le journal des webhooks pendant' },
      fr: 'Jours pendant lesquels sont gardés les messages des webhooks, avec ce que les destinataires ont répondu.',
      unit: 'days',
    },
  },
  permissions: {
    'operations:read': 'Voir notifications, alertes, rapports et coûts',
    'operations:write': 'Changer règles d’alerte et webhooks, et répondre aux alertes',
  },
}
