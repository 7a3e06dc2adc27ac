import { type PluginLimit, sql } from '@espalier/core'
import type { MailService } from './mailService.ts'
import { maxAttachmentBytes } from './outgoing.ts'

/** How much mail leaves, and how fast. */
export const mailLimits: readonly PluginLimit<MailService>[] = [
  {
    key: 'mail.per-day',
    title: { en: 'Messages in 24 hours', fr: 'Messages en 24 heures' },
    about: {
      en: 'What the provider allows the account, as it said when it was asked last. What is beyond waits.',
      fr: 'Ce que le fournisseur accorde au compte, selon sa dernière réponse. Le reste attend.',
    },
    unit: 'count',
    per: 'day',
    from: { kind: 'service' },
    read: async (_mail, context) =>
      context.db.query<{ of: string; most: number | null; used: number }>(sql`
        select "account" as "of", "perDay"::float8 as "most", "sentLast24h"::float8 as "used" from "MailRate"
        where "refreshedAt" is not null and "perDay" is not null order by "account" limit 20`),
  },
  {
    key: 'mail.per-second',
    title: { en: 'Messages over SMTP', fr: 'Messages par SMTP' },
    about: {
      en: 'What is beyond waits its turn. SES says itself how many it takes.',
      fr: 'Le reste attend son tour. SES dit lui-même combien il en prend.',
    },
    unit: 'count',
    per: 'second',
    from: { kind: 'setting', name: 'ratePerSecond' },
    read: async (mail, context) => ({ most: await mail.ratePerSecond(context) }),
  },
  {
    key: 'mail.attachments',
    title: { en: 'Attachments of a message', fr: 'Pièces jointes d’un message' },
    about: { en: 'All together.', fr: 'Toutes ensemble.' },
    unit: 'bytes',
    from: { kind: 'fixed' },
    read: () => ({ most: maxAttachmentBytes }),
  },
]
