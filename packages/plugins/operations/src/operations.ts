import type { Live, SqlContext } from '@espalier/core'
import { Alerts, type AlertsOptions } from './alerts/alerts.ts'
import { Kinds } from './notifications/kinds.ts'
import type { MailedNotifications } from './notifications/mailedNotifications.ts'
import { Notifications } from './notifications/notifications.ts'
import { Preferences } from './notifications/preferences.ts'
import type { NewNotification, NotificationKind, Notifier } from './notifier.ts'
import { Webhooks, type WebhooksOptions } from './webhooks/webhooks.ts'

export interface OperationsParts {
  readonly live: Live
  readonly publicUrl: string
  readonly webhooks: Omit<WebhooksOptions, 'kinds' | 'notify' | 'publicUrl'>
  readonly mailed: MailedNotifications
  readonly keepDays: (context: SqlContext) => Promise<number>
  readonly timeZone: AlertsOptions['timeZone']
}

/** The service of the operations plugin: what other plugins `use`. */
export class Operations implements Notifier {
  readonly live: Live
  readonly publicUrl: string
  readonly kinds = new Kinds()
  readonly preferences = new Preferences(this.kinds)
  readonly webhooks: Webhooks
  readonly notifications: Notifications
  readonly mailed: MailedNotifications
  readonly alerts: Alerts
  readonly keepDays: (context: SqlContext) => Promise<number>

  constructor({ live, publicUrl, webhooks, mailed, keepDays, timeZone }: OperationsParts) {
    this.live = live
    this.publicUrl = publicUrl
    this.mailed = mailed
    this.keepDays = keepDays
    const notify = (context: SqlContext, notification: NewNotification) => this.notify(context, notification)
    this.webhooks = new Webhooks({ ...webhooks, publicUrl, kinds: this.kinds, notify })
    this.notifications = new Notifications(this.kinds, this.webhooks)
    this.alerts = new Alerts({ notify, timeZone })
  }

  addKind(kind: NotificationKind): void {
    this.kinds.add(kind)
  }

  async notify(context: SqlContext, notification: NewNotification): Promise<void> {
    await this.notifications.notify(context, notification)
  }
}
