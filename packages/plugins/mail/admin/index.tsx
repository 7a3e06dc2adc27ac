import { definePluginAdmin } from '@espalier/admin-kit'
import { Mail, MailPlus, MailX } from 'lucide-react'
import {
  daysPage,
  messagePage,
  outboxPage,
  suppressionsPage,
  templatePage,
  templatesPage,
  transportPage,
} from './pages.ts'

/** What mail adds to the web app: the outbox, templates, who is not written to, and how messages leave. */
export default definePluginAdmin({
  name: 'mail',
  pages: [outboxPage, messagePage, templatesPage, templatePage, suppressionsPage, daysPage, transportPage],
  navigation: [{ page: outboxPage, label: { en: 'Mail', fr: 'Courrier' }, icon: Mail, section: 'reach', keys: 'g o' }],
  decisions: [{ id: 'mail.holds', permission: 'mail:read', load: () => import('./HoldDecisions.tsx') }],
  commands: [
    {
      id: 'mail.templates',
      label: { en: 'Mail templates', fr: 'Modèles de courrier' },
      icon: MailPlus,
      permission: 'mail:read',
      run: ({ goTo }) => goTo(templatesPage),
    },
    {
      id: 'mail.suppressions',
      label: { en: 'Suppressed mail addresses', fr: 'Adresses e-mail bloquées' },
      icon: MailX,
      permission: 'mail:read',
      run: ({ goTo }) => goTo(suppressionsPage),
    },
  ],
  search: { permission: 'mail:read', load: () => import('./search.ts') },
})
