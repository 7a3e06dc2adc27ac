import { z } from 'zod'
import { isTimeZone } from './timeZone.ts'

/** Of a workspace. What a person sets for themselves stands before it. */
export const settings = z.object({
  dailyReport: z
    .enum(['nobody', 'admins', 'everyone'])
    .default('admins')
    .describe('Who gets the daily report of those who have said nothing about it: owners and admins unless told.'),
  reportAt: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is no time of day, such as "07:30"')
    .default('07:30')
    .describe('When the daily report and the digest of notifications leave, in the time zone of whoever gets them.'),
  timeZone: z
    .string()
    .refine((name) => name === '' || isTimeZone(name), 'is not an IANA time zone, such as "Europe/Paris"')
    .default('')
    .describe('Time zone of members who have said nothing, and of alert rules. Empty: that of tracking.'),
  keepDays: z
    .int('is not a whole number')
    .gte(7, 'is less than 7')
    .lte(3_650, 'is more than 3,650')
    .default(180)
    .describe('Days for which notifications and the record of their deliveries are kept.'),
})
