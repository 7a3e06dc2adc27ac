import type { Live, SqlContext } from '@espalier/core'
import type { ToldVerdict } from '@espalier/experiments'
import { Alerts, type AlertsOptions } from './alerts/alerts.ts'
import { Costs } from './costs/costs.ts'
import { Kinds } from './notifications/kinds.ts'
import type { MailedNotifications } from './notifications/mailedNotifications.ts'
import { Notifications } from './notifications/notifications.ts'
import { Preferences } from './notifications/preferences.ts'
import type { NewNotification, NotificationKind, Notifier } from './notifier.ts'
import type { Reports } from './report/reports.ts'
import { Webhooks, type WebhooksOptions } from './webhooks/webhooks.ts'

export interface OperationsParts {
  readonly live: Live
  readonly webhooks: Omit<WebhooksOptions, 'kinds' | 'notify' | 'keepDays'>
  readonly keepWebhookDays: WebhooksOptions['keepDays']
  readonly mailed: MailedNotifications
  readonly reports: Reports
  readonly keepDays: (context: SqlContext) => Promise<number>
  readonly timeZone: AlertsOptions['timeZone']
  /** The verdict of an experiment in words; undefined where there are no experiments. */
  readonly verdictOf: (context: SqlContext, experimentId: string) => Promise<ToldVerdict | undefined>
}

/** The service of the operations plugin: what other plugins `use`. */
export class Operations implements Notifier {
  readonly live: Live
  readonly kinds = new Kinds()
  readonly preferences = new Preferences(this.kinds)
  readonly webhooks: Webhooks
  readonly notifications: Notifications
  readonly mailed: MailedNotifications
  /** Offer metrics to be watched with `alerts.addMetric`. */
  readonly alerts: Alerts
  /** Add what your plugin pays others for. */
  readonly costs = new Costs()
  /** Add a part to the daily report with `reports.addSection`. */
  readonly reports: Reports
  readonly keepDays: OperationsParts['keepDays']
  readonly keepWebhookDays: OperationsParts['keepWebhookDays']
  readonly verdictOf: OperationsParts['verdictOf']

  constructor({ live, webhooks, keepWebhookDays, mailed, reports, keepDays, timeZone, verdictOf }: OperationsParts) {
    this.live = live
    this.mailed = mailed
    this.reports = reports
    this.keepDays = keepDays
    this.keepWebhookDays = keepWebhookDays
    this.verdictOf = verdictOf
    const notify = (context: SqlContext, notification: NewNotification) => this.notify(context, notification)
    this.webhooks = new Webhooks({ ...webhooks, kinds: this.kinds, notify, keepDays: keepWebhookDays })
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
