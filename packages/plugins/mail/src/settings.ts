import { said } from '@espalier/core'
import { z } from 'zod'
import { readAddress } from './address.ts'
import { isTopicArn } from './feedback/topicArn.ts'

function shortText(max: number) {
  return z
    .string()
    .trim()
    .refine(
      (value) => value.length <= max,
      said({ en: `has more than ${max} characters`, fr: `dépasse ${max} caractères` }),
    )
    .refine(
      (value) => !/[\p{Cc}]/u.test(value),
      said({
        en: 'has a line break or another control character',
        fr: 'contient un retour à la ligne ou un autre caractère de contrôle',
      }),
    )
}

const addressOrNone = shortText(254).refine(
  (value) => value === '' || readAddress(value) !== undefined,
  said({
    en: 'is no mail address, such as "hello@example.com"; a name has a setting of its own',
    fr: 'n’est pas une adresse e-mail, telle que « hello@example.com » ; le nom a son propre réglage',
  }),
)

/** What a workspace may set. Keys and passwords are no settings: see `setMailSecret`. */
export const settings = z.object({
  transport: z
    .enum(['outbox', 'ses', 'smtp'])
    .default('outbox')
    .describe('How mail leaves. "outbox" keeps it here, for people to look at; nobody outside gets any.'),
  fromAddress: addressOrNone
    .default('')
    .describe('Sender of messages that name no other, such as "hello@example.com".'),
  fromName: shortText(200).default('').describe('Name beside the sender’s address.'),
  replyTo: addressOrNone.default('').describe('Where answers go. Empty: to the sender.'),
  postalAddress: shortText(500).default('').describe('Stands below marketing mail, as laws in many countries ask.'),
  ratePerSecond: z
    .number()
    .gt(0, said({ en: 'is not more than 0', fr: 'n’est pas supérieur à 0' }))
    .lte(1_000, said({ en: 'is more than 1,000', fr: 'dépasse 1 000' }))
    .default(10)
    .describe('Messages a second over SMTP. SES says itself how many it takes.'),
  unknownAfterMinutes: z
    .int(said({ en: 'is not a whole number', fr: 'n’est pas un nombre entier' }))
    .gte(1, said({ en: 'is less than 1', fr: 'est inférieur à 1' }))
    .lte(1_440, said({ en: 'is more than 1,440, which is a day', fr: 'dépasse 1 440, soit un jour' }))
    .default(15)
    .describe('How long to wait for news of a message whose provider did not answer, in minutes.'),
  transactionalWhenUnknown: z
    .enum(['resend', 'lose'])
    .default('resend')
    .describe(
      'After that time without news: "resend" sends transactional mail again, so that it may come twice; "lose" does not, so that it may never come. Marketing mail is never sent again by itself.',
    ),
  tracking: z
    .enum(['none', 'aggregate', 'individual'])
    .default('aggregate')
    .describe(
      'What links and a pixel in mail tell: nothing; how many opened and clicked; or who did, which takes their consent in many countries.',
    ),
  scannerTrap: z
    .boolean()
    .default(false)
    .describe(
      'Adds a link that people do not see, so that programs that follow every link are known for what they are.',
    ),
  sesRegion: z
    .string()
    .regex(
      /^[a-z]{2}(-[a-z]+)+-\d$/,
      said({
        en: 'is no region of AWS, such as "eu-west-1"',
        fr: 'n’est pas une région d’AWS, telle que « eu-west-1 »',
      }),
    )
    .default('eu-west-1')
    .describe('Region of AWS in which SES sends.'),
  sesConfigurationSet: z
    .string()
    .regex(
      /^[\w-]{0,64}$/,
      said({
        en: 'has other characters than letters, digits, - and _, or more than 64',
        fr: 'a d’autres caractères que lettres, chiffres, - et _, ou plus de 64',
      }),
    )
    .default('')
    .describe('Configuration set of SES that tells us what became of messages.'),
  sesPriceMicros: z
    .int(said({ en: 'is not a whole number', fr: 'n’est pas un nombre entier' }))
    .gte(0, said({ en: 'is negative', fr: 'est négatif' }))
    .lte(1_000_000, said({ en: 'is more than a dollar', fr: 'dépasse un dollar' }))
    .default(100)
    .describe('Price of one message with SES, in millionths of a US dollar.'),
  snsTopics: z
    .array(
      z.string().refine(
        isTopicArn,
        said({
          en: 'is no ARN of a topic of SNS, such as "arn:aws:sns:eu-west-1:123456789012:mail"',
          fr: 'n’est pas l’ARN d’un sujet SNS, tel que « arn:aws:sns:eu-west-1:123456789012:mail »',
        }),
      ),
    )
    .refine((topics) => topics.length <= 20, said({ en: 'has more than 20 topics', fr: 'a plus de 20 sujets' }))
    .default([])
    .describe('Topics of SNS that SES tells of messages in. Messages of others are refused.'),
  snsAllowV1: z
    .boolean()
    .default(false)
    .describe(
      'Also take messages with signature version 1, which is SHA-1. Set SignatureVersion of the topic to 2 instead.',
    ),
  smtpHost: shortText(253)
    .refine(
      (host) => /^[\w.:-]*$/.test(host),
      said({ en: 'is no host, such as "smtp.example.com"', fr: 'n’est pas un serveur, tel que « smtp.example.com »' }),
    )
    .default('')
    .describe('Server that takes mail over SMTP.'),
  smtpPort: z
    .int(said({ en: 'is not a whole number', fr: 'n’est pas un nombre entier' }))
    .gte(1, said({ en: 'is less than 1', fr: 'est inférieur à 1' }))
    .lte(65_535, said({ en: 'is more than 65,535', fr: 'dépasse 65 535' }))
    .default(587),
  smtpSecurity: z
    .enum(['starttls', 'tls', 'none'])
    .default('starttls')
    .describe('"starttls" and "tls" refuse to send without encryption; "none" is for a server on this machine.'),
  smtpUser: shortText(320).default('').describe('User of the SMTP server. Empty: without signing in.'),
  smtpPriceMicros: z
    .int(said({ en: 'is not a whole number', fr: 'n’est pas un nombre entier' }))
    .gte(0, said({ en: 'is negative', fr: 'est négatif' }))
    .lte(1_000_000, said({ en: 'is more than a dollar', fr: 'dépasse un dollar' }))
    .default(0)
    .describe('Price of one message over SMTP, in millionths of a US dollar.'),
})

export type MailSettings = z.output<typeof settings>
