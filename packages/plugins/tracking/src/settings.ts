import { isTimeZone, said } from '@espalier/core'
import { z } from 'zod'

/** What a workspace may set. */
export const settings = z.object({
  timeZone: z
    .string()
    .refine(
      isTimeZone,
      said({
        en: 'is not an IANA time zone, such as Europe/Paris',
        fr: 'n’est pas un fuseau horaire de l’IANA, tel que Europe/Paris',
      }),
    )
    .default('UTC')
    .describe('Where hours and days begin in metrics: an IANA time zone, such as Europe/Paris.'),
  respectDoNotTrack: z
    .boolean()
    .default(true)
    .describe('Count nobody whose browser sends Do Not Track or Global Privacy Control.'),
  cookieless: z
    .boolean()
    .default(false)
    .describe('Keep nothing in browsers: tell visitors apart for a day, by a hash whose salt is then dropped.'),
  requireConsent: z
    .boolean()
    .default(false)
    .describe('Count nobody, and keep nothing in browsers, before the page says espalier.consent(true).'),
  scriptName: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9-]{0,39}$/,
      said({
        en: 'takes 1 to 40 lower-case letters, digits and hyphens',
        fr: 'n’admet que de 1 à 40 minuscules, chiffres et tirets',
      }),
    )
    .nullable()
    .default(null)
    .describe('Serve the tracker as /a/<name>.js and its collector as /a/<name>, which no blocking list knows.'),
  countryHeader: z
    .string()
    .regex(/^[a-z0-9-]{1,64}$/i, said({ en: 'is not the name of a header', fr: 'n’est pas le nom d’un en-tête' }))
    .nullable()
    .default(null)
    .describe("Header in which the proxy in front says a visitor's country, such as cf-ipcountry."),
  countryDatabase: z
    .boolean()
    .default(true)
    .describe("Find a visitor's country by their address, where no header says it. IP Geolocation by DB-IP.com."),
})
