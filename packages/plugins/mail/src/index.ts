import { setTimeout } from 'node:timers/promises'
import { definePlugin } from '@espalier/core'
import { AddressKeys } from './addressKeys.ts'
import { MailCosts } from './costs.ts'
import { headersOf } from './headers.ts'
import { dispatchMail, resumeDispatch, sweepMail } from './jobs.ts'
import { MailService } from './mailService.ts'
import { Dispatcher } from './sending/dispatcher.ts'
import { Rates } from './sending/rates.ts'
import { Sweep } from './sending/sweep.ts'
import { settings } from './settings.ts'
import { Suppressions } from './suppressions.ts'
import { TemplateCatalog } from './templates/catalog.ts'
import { LinkTokens } from './tracking/linkTokens.ts'
import { LinkTracker } from './tracking/trackHtml.ts'
import { type Outside, openTransport } from './transports/openTransport.ts'
import { UnsubscribeLinks } from './unsubscribe/unsubscribeLinks.ts'
import { UnsubscribeTokens } from './unsubscribe/unsubscribeTokens.ts'

export type { MailDay } from './costs.ts'
export type * from './mailer.ts'
export type { MailService } from './mailService.ts'

export default mailPlugin()

/** @param outside what tests put in the place of the world */
export function mailPlugin(outside: Outside = {}) {
  return definePlugin({
    name: 'mail',
    permissions: {
      'mail:read': { allows: 'Read messages that were sent, and who got them', personal: true },
      'mail:write': 'Change mail templates, send messages again, cancel them',
      'mail:configure': 'Set the keys and passwords that mail is sent with',
    },
    settings,
    setup: ({ settings, live, deriveSecret, publicUrl, secrets }) => {
      const addressKeys = new AddressKeys(deriveSecret('addresses'))
      const suppressions = new Suppressions(addressKeys)
      const unsubscribe = new UnsubscribeLinks(
        new UnsubscribeTokens(deriveSecret('unsubscribe links')),
        addressKeys,
        publicUrl,
      )
      const rates = new Rates()
      return new MailService({
        settings,
        live,
        templates: new TemplateCatalog(),
        costs: new MailCosts(),
        tracker: new LinkTracker(new LinkTokens(deriveSecret('link tokens')), publicUrl),
        unsubscribe,
        sweep: new Sweep(settings, rates),
        dispatcher: new Dispatcher({
          settings,
          suppressions,
          rates,
          openTransport: (context, chosen) => openTransport(context, chosen, secrets, outside),
          headers: (context, message) => headersOf(message, context.workspaceId, unsubscribe),
          marketingMayLeave: async () => true,
          wait: outside.wait ?? waitAsItIs,
        }),
      })
    },
    jobs: [dispatchMail, resumeDispatch, sweepMail],
    start: ({ templates }) => templates.compileAll(),
  })
}

async function waitAsItIs(milliseconds: number, signal: AbortSignal): Promise<void> {
  // An abort ends the wait: whoever waits looks at the signal.
  if (milliseconds > 0) await setTimeout(milliseconds, undefined, { signal }).catch(() => undefined)
}
