import ai from '@espalier/ai'
import { definePlugin, type ResolveName, type SqlContext, whenPublic } from '@espalier/core'
import experiments from '@espalier/experiments'
import landingPages from '@espalier/landing-pages'
import mail from '@espalier/mail'
import tracking from '@espalier/tracking'
import { checkAlerts } from './alerts/jobs.ts'
import { mailMetric, modelMetric } from './alerts/outgoingMetrics.ts'
import { trackingMetrics } from './alerts/trackingMetrics.ts'
import { mailCosts, modelCosts } from './costs/sources.ts'
import { examples } from './examples.ts'
import { handlers } from './handlers.ts'
import { operationsLimits } from './limits.ts'
import { forgetNotifications, mailNotifications } from './notifications/jobs.ts'
import { MailedNotifications } from './notifications/mailedNotifications.ts'
import { Operations } from './operations.ts'
import { People } from './people.ts'
import { sendReports } from './report/jobs.ts'
import { Reports } from './report/reports.ts'
import { costSection, decisionSection, wonSection } from './report/sections.ts'
import { alertTypes } from './schema/alert.ts'
import { costTypes } from './schema/cost.ts'
import { notificationTypes } from './schema/notification.ts'
import { reportTypes } from './schema/report.ts'
import { webhookTypes } from './schema/webhook.ts'
import { webhookEventTypes } from './schema/webhookEventType.ts'
import { settings } from './settings.ts'
import { deliverWebhooks, forgetWebhooks, redeliverWebhooks, resumeWebhooks } from './webhooks/jobs.ts'
import { serverOf } from './webhooks/serverOf.ts'
import { words } from './words.ts'

/** What lies outside of the process, so that tests can stand in for it. */
export interface Outside {
  /** Which servers webhooks may be posted to. Default: public ones, on the ports of the web, and those in networks that the installation names. */
  readonly mayAsk?: (address: string, port: number) => boolean
  /** Default: the system's. */
  readonly resolveName?: ResolveName
}

export function operationsPlugin(outside: Outside = {}) {
  return definePlugin({
    name: 'operations',
    words,
    requires: [mail],
    // What is switched off sends no events, offers no metrics and costs nothing.
    optional: [tracking, experiments, landingPages, ai],
    permissions: {
      'operations:read': 'See notifications, alerts, reports and costs',
      'operations:write': 'Change alert rules and webhooks, and answer alerts',
    },
    auditMasks: [
      {
        resourceType: 'WebhookEndpoint',
        field: 'url',
        permission: 'operations:write',
        shown: (url) => serverOf(String(url)),
      },
    ],
    settings,
    setup: (host) => {
      const { use, find, settings, live, publicUrl, system } = host
      const mailer = use(mail)
      const [tracks, tests, pages, models] = [find(tracking), find(experiments), find(landingPages), find(ai)]
      const people = new People(system)
      const timeZone = async (context: SqlContext) =>
        (await settings(context)).timeZone || ((await tracks?.timeZone(context)) ?? 'UTC')
      const operations = new Operations({
        live,
        webhooks: { ...host, ...outside, privateNetworks: host.resources.privateNetworks ?? [] },
        keepWebhookDays: async (context) => (await settings(context)).keepWebhookDays,
        mailed: new MailedNotifications(mailer, people, publicUrl),
        reports: new Reports({
          mailer,
          people,
          publicUrl,
          tracking: tracks,
          defaults: async (context) => ({ ...(await settings(context)), timeZone: await timeZone(context) }),
        }),
        keepDays: async (context) => (await settings(context)).keepDays,
        timeZone,
        verdictOf: async (context, experimentId) => tests?.toldVerdict(context, experimentId),
      })
      for (const metric of tracks ? trackingMetrics(tracks) : []) operations.alerts.addMetric(metric)
      operations.alerts.addMetric(mailMetric(mailer.costs))
      if (models) operations.alerts.addMetric(modelMetric(models.spending))
      operations.costs.add(mailCosts(mailer.costs))
      if (models) operations.costs.add(modelCosts(models.spending))
      operations.reports.addSection(wonSection)
      operations.reports.addSection(costSection(operations.costs))
      operations.reports.addSection(
        decisionSection({
          verdicts: async (context) => (await tests?.undecided(context)) ?? [],
          steps: async (context) => (await pages?.undecidedSteps(context)) ?? [],
        }),
      )
      return operations
    },
    examples,
    schema: [
      (builder, operations) => void notificationTypes(builder, operations),
      webhookTypes,
      webhookEventTypes,
      alertTypes,
      reportTypes,
      costTypes,
    ],
    on: handlers,
    onPublic: whenPublic<Operations>(
      (db, event, { webhooks }) => webhooks.wanted(db, event),
      (event, context, { webhooks }) => webhooks.tell(context, event),
      { concurrency: 4 },
    ),
    limits: operationsLimits,
    jobs: [
      checkAlerts,
      sendReports,
      mailNotifications,
      forgetNotifications,
      deliverWebhooks,
      redeliverWebhooks,
      resumeWebhooks,
      forgetWebhooks,
    ],
  })
}
