import { definePlugin } from '@espalier/core'
import mail from '@espalier/mail'
import tracking from '@espalier/tracking'
import { checkAlerts } from './alerts/jobs.ts'
import { trackingMetrics } from './alerts/trackingMetrics.ts'
import { forgetNotifications, mailNotifications } from './notifications/jobs.ts'
import { MailedNotifications } from './notifications/mailedNotifications.ts'
import { Operations } from './operations.ts'
import { People } from './people.ts'
import { alertTypes } from './schema/alert.ts'
import { notificationTypes } from './schema/notification.ts'
import { webhookTypes } from './schema/webhook.ts'
import { settings } from './settings.ts'
import { deliverWebhook, resumeWebhooks } from './webhooks/jobs.ts'

/** What lies outside of the process, so that tests can stand in for it. */
export interface Outside {
  /** Which servers webhooks may be posted to. Default: public ones, on the ports of the web. */
  readonly mayAsk?: (address: string, port: number) => boolean
}

export function operationsPlugin({ mayAsk }: Outside = {}) {
  return definePlugin({
    name: 'operations',
    requires: [mail],
    optional: [tracking],
    permissions: {
      'operations:read': 'See notifications, alerts, reports and costs',
      'operations:write': 'Change alert rules and webhooks, and answer alerts',
    },
    settings,
    setup: ({ use, find, settings, live, publicUrl, production, secrets, system }) => {
      const tracks = find(tracking)
      const operations = new Operations({
        live,
        publicUrl,
        webhooks: { secrets, production, mayAsk },
        mailed: new MailedNotifications(use(mail), new People(system), publicUrl),
        keepDays: async (context) => (await settings(context)).keepDays,
        timeZone: async (context) => (await settings(context)).timeZone || ((await tracks?.timeZone(context)) ?? 'UTC'),
      })
      for (const metric of tracks ? trackingMetrics(tracks) : []) operations.alerts.addMetric(metric)
      return operations
    },
    schema: [(builder, operations) => void notificationTypes(builder, operations), webhookTypes, alertTypes],
    jobs: [checkAlerts, mailNotifications, forgetNotifications, deliverWebhook, resumeWebhooks],
  })
}
