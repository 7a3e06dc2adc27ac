import { setTimeout } from 'node:timers/promises'
import { definePlugin } from '@espalier/core'
import { MailAccount } from './account.ts'
import { AddressKeys } from './addressKeys.ts'
import { examples } from './examples.ts'
import { Certificates } from './feedback/certificates.ts'
import { publicEvents } from './feedback/events.ts'
import { Feedback } from './feedback/feedback.ts'
import { checkHolds, forgetWebhooks, handleWebhook } from './feedback/jobs.ts'
import { snsRoute } from './feedback/snsRoute.ts'
import { headersOf } from './headers.ts'
import { dispatchMail, resumeDispatch, sweepMail } from './jobs.ts'
import { mailLimits } from './limits.ts'
import { MailService } from './mailService.ts'
import { mailTypes } from './schema/mail.ts'
import { suppressionTypes } from './schema/suppression.ts'
import { Dispatcher } from './sending/dispatcher.ts'
import { FreshBodies } from './sending/freshBodies.ts'
import { Rates } from './sending/rates.ts'
import { Sweep } from './sending/sweep.ts'
import { WakeUp } from './sending/wakeUp.ts'
import { settings } from './settings.ts'
import { Suppressions } from './suppressions.ts'
import { TemplateCatalog } from './templates/catalog.ts'
import { KeptHtml } from './templates/keptHtml.ts'
import { rejudgeHits, settleHits } from './tracking/jobs.ts'
import { LinkTokens } from './tracking/linkTokens.ts'
import { linkRoute, pixelRoute } from './tracking/routes.ts'
import { LinkTracker } from './tracking/trackHtml.ts'
import { type Outside, openTransport } from './transports/openTransport.ts'
import { unsubscribePageRoute, unsubscribeRoute } from './unsubscribe/routes.ts'
import { UnsubscribeLinks } from './unsubscribe/unsubscribeLinks.ts'
import { UnsubscribeTokens } from './unsubscribe/unsubscribeTokens.ts'
import { words } from './words.ts'

export type { MailDay } from './costs.ts'
export {
  mailBounced,
  mailClicked,
  mailComplained,
  mailSendingHeld,
  mailUnsubscribed,
} from './feedback/events.ts'
export type * from './mailer.ts'
export type { MailService } from './mailService.ts'

export default mailPlugin()

/** @param outside what tests put in the place of the world */
export function mailPlugin(outside: Outside = {}) {
  return definePlugin({
    name: 'mail',
    words,
    permissions: {
      'mail:read': { allows: 'Read messages that were sent, and who got them', personal: true },
      'mail:write': 'Change mail templates, send messages again, cancel them',
      'mail:configure': 'Set how mail is sent: the sender, the service, its keys and passwords',
    },
    settings,
    // Whoever names the server that mail goes through gets all of it, and the password that is sent to sign in there.
    settingsPermission: 'mail:configure',
    setup: ({ settings, live, clock, deriveSecret, publicUrl, resources, secrets, workspace }) => {
      const addressKeys = new AddressKeys(deriveSecret('addresses'))
      const suppressions = new Suppressions(addressKeys)
      const unsubscribeTokens = new UnsubscribeTokens(deriveSecret('unsubscribe links'))
      const unsubscribe = new UnsubscribeLinks(unsubscribeTokens, addressKeys, publicUrl)
      const linkTokens = new LinkTokens(deriveSecret('link tokens'))
      const feedback = new Feedback({
        settings,
        workspace,
        suppressions,
        linkTokens,
        unsubscribeTokens,
        certificates: new Certificates({ clock, ...outside.sns }),
        ...(outside.sns && { fetch: outside.sns.fetch }),
      })
      const rates = new Rates()
      const wakeUp = new WakeUp(workspace)
      const bodies = new FreshBodies()
      return new MailService({
        settings,
        live,
        templates: new TemplateCatalog(new KeptHtml(resources.dataFolder)),
        account: new MailAccount(settings, secrets, outside),
        tracker: new LinkTracker(linkTokens, publicUrl),
        unsubscribe,
        feedback,
        wakeUp,
        bodies,
        sweep: new Sweep(settings, rates, wakeUp),
        dispatcher: new Dispatcher({
          settings,
          suppressions,
          rates,
          bodies,
          openTransport: (context, chosen) => openTransport(context, chosen, secrets, outside),
          headers: (context, message) => headersOf(message, context.workspaceId, unsubscribe),
          marketingMayLeave: (context) => feedback.holds.marketingMayLeave(context),
          wait: outside.wait ?? waitAsItIs,
        }),
      })
    },
    examples,
    schema: [mailTypes, suppressionTypes],
    events: publicEvents,
    jobs: [dispatchMail, resumeDispatch, sweepMail, handleWebhook, checkHolds, forgetWebhooks, settleHits, rejudgeHits],
    routes: [snsRoute, linkRoute, pixelRoute, unsubscribePageRoute, unsubscribeRoute],
    limits: mailLimits,
    start: ({ templates }) => templates.compileAll(),
    stop: ({ feedback }) => feedback.close(),
  })
}

async function waitAsItIs(milliseconds: number, signal: AbortSignal): Promise<void> {
  // An abort ends the wait: whoever waits looks at the signal.
  if (milliseconds > 0) await setTimeout(milliseconds, undefined, { signal }).catch(() => undefined)
}
