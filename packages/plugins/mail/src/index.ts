import { definePlugin } from '@espalier/core'
import { AddressKeys } from './addressKeys.ts'
import { dispatchMail, resumeDispatch, sweepMail } from './jobs.ts'
import { MailService } from './mailService.ts'
import { Dispatcher } from './sending/dispatcher.ts'
import { Rates } from './sending/rates.ts'
import { Sweep } from './sending/sweep.ts'
import { settings } from './settings.ts'
import { Suppressions } from './suppressions.ts'
import { TemplateCatalog } from './templates/catalog.ts'

export type * from './mailer.ts'
export type { MailService } from './mailService.ts'

export default definePlugin({
  name: 'mail',
  permissions: {
    'mail:read': { allows: 'Read messages that were sent, and who got them', personal: true },
    'mail:write': 'Change mail templates, send messages again, cancel them',
    'mail:configure': 'Set the keys and passwords that mail is sent with',
  },
  settings,
  setup: ({ settings, live, deriveSecret }) => {
    const suppressions = new Suppressions(new AddressKeys(deriveSecret('addresses')))
    const rates = new Rates()
    return new MailService({
      settings,
      live,
      templates: new TemplateCatalog(),
      sweep: new Sweep(settings, rates),
      dispatcher: new Dispatcher({
        settings,
        suppressions,
        rates,
        openTransport: async () => undefined,
        letter: () => {
          throw new Error('no transport yet')
        },
        marketingMayLeave: async () => true,
        wait: async () => {},
      }),
    })
  },
  jobs: [dispatchMail, resumeDispatch, sweepMail],
  start: ({ templates }) => templates.compileAll(),
})
