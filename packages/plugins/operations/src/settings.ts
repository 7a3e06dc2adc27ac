import { isTimeZone, said } from '@espalier/core'
import { z } from 'zod'

/** Of a workspace. What a person sets for themselves stands before it. */
export const settings = z.object({
  dailyReport: z
    .enum(['nobody', 'admins', 'everyone'])
    .default('admins')
    .describe('Who gets the daily report of those who have said nothing about it: owners and admins unless told.'),
  reportAt: z
    .string()
    .regex(
      /^([01]\d|2[0-3]):[0-5]\d$/,
      said({ en: 'is no time of day, such as "07:30"', fr: 'n’est pas une heure, telle que « 07:30 »' }),
    )
    .default('07:30')
    .describe('When the daily report and the digest of notifications leave, in the time zone of whoever gets them.'),
  timeZone: z
    .string()
    .refine(
      (name) => name === '' || isTimeZone(name),
      said({
        en: 'is not an IANA time zone, such as "Europe/Paris"',
        fr: 'n’est pas un fuseau horaire de l’IANA, tel que « Europe/Paris »',
      }),
    )
    .default('')
    .describe('Time zone of members who have said nothing, and of alert rules. Empty: that of tracking.'),
  keepDays: z
    .int(said({ en: 'is not a whole number', fr: 'n’est pas un nombre entier' }))
    .gte(7, said({ en: 'is less than 7', fr: 'est inférieur à 7' }))
    .lte(3_650, said({ en: 'is more than 3,650', fr: 'dépasse 3 650' }))
    .default(180)
    .describe('Days for which notifications are kept.'),
  keepWebhookDays: z
    .int(said({ en: 'is not a whole number', fr: 'n’est pas un nombre entier' }))
    .gte(2, said({ en: 'is less than 2', fr: 'est inférieur à 2' }))
    .lte(365, said({ en: 'is more than 365', fr: 'dépasse 365' }))
    .default(30)
    .describe('Days for which messages of webhooks are kept, with what receivers answered.'),
})
