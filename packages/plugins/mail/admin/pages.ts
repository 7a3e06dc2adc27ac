import { listSearch, page } from '@espalier/admin-kit'
import * as v from 'valibot'

export const outboxPage = page({
  path: 'mail',
  title: { en: 'Outbox', fr: 'Boîte d’envoi' },
  permission: 'mail:read',
  search: listSearch,
  load: () => import('./outbox/Outbox.tsx'),
})

export const messagePage = page({
  path: 'mail/$id',
  title: { en: 'Message', fr: 'Message' },
  permission: 'mail:read',
  load: () => import('./message/Message.tsx'),
})
export const templatesPage = page({
  path: 'mail/templates',
  title: { en: 'Mail templates', fr: 'Modèles de courrier' },
  permission: 'mail:read',
  load: () => import('./templates/Templates.tsx'),
})

export const templatePage = page({
  path: 'mail/templates/$name',
  title: { en: 'Mail template', fr: 'Modèle de courrier' },
  permission: 'mail:read',
  search: v.object({ language: v.fallback(v.optional(v.picklist(['en', 'fr'])), undefined) }),
  load: () => import('./templates/Template.tsx'),
})

export const suppressionsPage = page({
  path: 'mail/suppressions',
  title: { en: 'Suppressed addresses', fr: 'Adresses bloquées' },
  permission: 'mail:read',
  search: listSearch,
  load: () => import('./suppressions/Suppressions.tsx'),
})

export const daysPage = page({
  path: 'mail/days',
  title: { en: 'Mail by day', fr: 'Courrier par jour' },
  permission: 'mail:read',
  search: v.object({ days: v.fallback(v.picklist([7, 28, 90]), 28) }),
  load: () => import('./days/Days.tsx'),
})

export const transportPage = page({
  path: 'mail/transport',
  title: { en: 'How mail leaves', fr: 'Départ du courrier' },
  permission: 'mail:read',
  load: () => import('./transport/Transport.tsx'),
})
