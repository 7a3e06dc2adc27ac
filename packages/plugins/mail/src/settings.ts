import { z } from 'zod'
import { readAddress } from './address.ts'
import { isTopicArn } from './feedback/topicArn.ts'

function shortText(max: number) {
  return z
    .string()
    .trim()
    .refine((value) => value.length <= max, `has more than ${max} characters`)
    .refine((value) => !/[\p{Cc}]/u.test(value), 'has a line break or another control character')
}

const addressOrNone = shortText(254).refine(
  (value) => value === '' || readAddress(value) !== undefined,
  'is no mail address, such as "hello@example.com"; a name has a setting of its own',
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
    .gt(0, 'is not more than 0')
    .lte(1_000, 'is more than 1,000')
    .default(10)
    .describe('Messages a second over SMTP. SES says itself how many it takes.'),
  unknownAfterMinutes: z
    .int('is not a whole number')
    .gte(1, 'is less than 1')
    .lte(1_440, 'is more than 1,440, which is a day')
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
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is no region of AWS, such as "eu-west-1"')
    .default('eu-west-1')
    .describe('Region of AWS in which SES sends.'),
  sesConfigurationSet: z
    .string()
    .regex(/^[\w-]{0,64}$/, 'has other characters than letters, digits, - and _, or more than 64')
    .default('')
    .describe('Configuration set of SES that tells us what became of messages.'),
  sesPriceMicros: z
    .int('is not a whole number')
    .gte(0, 'is negative')
    .lte(1_000_000, 'is more than a dollar')
    .default(100)
    .describe('Price of one message with SES, in millionths of a US dollar.'),
  snsTopics: z
    .array(
      z.string().refine(isTopicArn, 'is no ARN of a topic of SNS, such as "arn:aws:sns:eu-west-1:123456789012:mail"'),
    )
    .refine((topics) => topics.length <= 20, 'has more than 20 topics')
    .default([])
    .describe('Topics of SNS that SES tells of messages in. Messages of others are refused.'),
  snsAllowV1: z
    .boolean()
    .default(false)
    .describe(
      'Also take messages with signature version 1, which is SHA-1. Set SignatureVersion of the topic to 2 instead.',
    ),
  smtpHost: shortText(253)
    .refine((host) => /^[\w.:-]*$/.test(host), 'is no host, such as "smtp.example.com"')
    .default('')
    .describe('Server that takes mail over SMTP.'),
  smtpPort: z.int('is not a whole number').gte(1, 'is less than 1').lte(65_535, 'is more than 65,535').default(587),
  smtpSecurity: z
    .enum(['starttls', 'tls', 'none'])
    .default('starttls')
    .describe('"starttls" and "tls" refuse to send without encryption; "none" is for a server on this machine.'),
  smtpUser: shortText(320).default('').describe('User of the SMTP server. Empty: without signing in.'),
  smtpPriceMicros: z
    .int('is not a whole number')
    .gte(0, 'is negative')
    .lte(1_000_000, 'is more than a dollar')
    .default(0)
    .describe('Price of one message over SMTP, in millionths of a US dollar.'),
})

export type MailSettings = z.output<typeof settings>
