import { definePlugin } from '@espalier/core'
import mail from '@espalier/mail'
import { forgetNotifications, mailNotifications } from './notifications/jobs.ts'
import { MailedNotifications } from './notifications/mailedNotifications.ts'
import { Operations } from './operations.ts'
import { People } from './people.ts'
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
    permissions: {
      'operations:read': 'See notifications, alerts, reports and costs',
      'operations:write': 'Change alert rules and webhooks, and answer alerts',
    },
    settings,
    setup: ({ use, settings, live, publicUrl, production, secrets, system }) =>
      new Operations({
        live,
        publicUrl,
        webhooks: { secrets, production, mayAsk },
        mailed: new MailedNotifications(use(mail), new People(system), publicUrl),
        keepDays: async (context) => (await settings(context)).keepDays,
      }),
    schema: [(builder, operations) => void notificationTypes(builder, operations), webhookTypes],
    jobs: [mailNotifications, forgetNotifications, deliverWebhook, resumeWebhooks],
  })
}
