import { type Builder, both, InvalidInputError } from '@espalier/core'
import type { MailStatus } from '../account.ts'
import type { MailDay } from '../costs.ts'
import type { MailService } from '../mailService.ts'
import type { MailSecretName } from '../transports/openTransport.ts'

const read = { permission: 'mail:read' } as const
const configure = { permission: 'mail:configure' } as const

/** The account that mail leaves from: how it is doing, its secrets, and what it costs. */
export function accountTypes(builder: Builder, mail: MailService): void {
  const Secret = builder.objectRef<{ name: string; updatedAt: Date }>('MailSecret').implement({
    description: 'A secret that is set. What it is, nobody is told.',
    authScopes: read,
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Which one.' }),
      updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last set.' }),
    }),
  })

  const Status = builder.objectRef<MailStatus>('MailStatus').implement({
    description: 'How the mail of the workspace is doing.',
    authScopes: read,
    fields: (t) => ({
      transport: t.exposeString('transport', { description: 'How mail leaves: outbox, ses or smtp.' }),
      account: t.exposeString('account', {
        nullable: true,
        description: 'The account whose rate counts. Null for the outbox.',
      }),
      problem: t.exposeString('problem', { nullable: true, description: 'What keeps mail from leaving, or slows it.' }),
      perSecond: t.exposeFloat('perSecond', {
        nullable: true,
        description: 'Messages a second that the account takes.',
      }),
      perDay: t.exposeFloat('perDay', {
        nullable: true,
        description: 'Messages in 24 hours that it takes. Null: no limit, or not known.',
      }),
      sentLast24h: t.exposeFloat('sentLast24h', {
        nullable: true,
        description: 'Messages of the last 24 hours, about.',
      }),
      share: t.exposeFloat('share', {
        description: 'Share of the rate that is used: below 1 after the provider said "too fast".',
      }),
      heldUntil: t.expose('heldUntil', {
        type: 'DateTime',
        nullable: true,
        description: 'Nothing leaves before then.',
      }),
      waiting: t.exposeInt('waiting', { description: 'Messages that wait or are under way.' }),
      unknown: t.exposeInt('unknown', { description: 'Messages of which it is not known whether they left.' }),
      secrets: t.field({
        type: [Secret],
        description: 'Secrets that are set.',
        extensions: { boundedList: 'as many as the mail plugin knows' },
        resolve: ({ secrets }) => [...secrets],
      }),
    }),
  })
  builder.queryField('mailStatus', (t) =>
    t.field({
      type: Status,
      description: 'How the mail of the workspace is doing.',
      complexity: 5,
      authScopes: read,
      resolve: (_root, _args, ctx) => mail.account.status(ctx),
    }),
  )

  const SecretName = builder.enumType('MailSecretName', {
    description: 'What mail is sent with and nobody is told.',
    values: {
      SES_ACCESS_KEY_ID: { value: 'ses-access-key-id' as MailSecretName, description: 'Id of the access key of AWS.' },
      SES_SECRET_ACCESS_KEY: {
        value: 'ses-secret-access-key' as MailSecretName,
        description: 'The access key of AWS.',
      },
      SMTP_PASSWORD: { value: 'smtp-password' as MailSecretName, description: 'Password of the SMTP server.' },
    },
  })
  builder.mutationField('setMailSecret', (t) =>
    t.field({
      type: Status,
      description: 'Sets what mail is sent with, or takes it away. It is sealed, and no API answers it.',
      authScopes: configure,
      args: {
        name: t.arg({ type: SecretName, required: true, description: 'Which one.' }),
        secret: t.arg.string({ description: '1 to 2,000 characters. Null takes it away.' }),
      },
      resolve: async (_root, { name, secret }, ctx) => {
        if (secret != null && (secret.trim() === '' || secret.length > 2_000 || /\p{Cc}/u.test(secret))) {
          throw InvalidInputError.of('secret', 'INVALID', {
            en: 'It is empty, has more than 2,000 characters, or a line break.',
            fr: 'C’est vide, plus long que 2 000 caractères, ou avec un retour à la ligne.',
          })
        }
        await mail.account.setSecret(ctx, name, secret ?? undefined)
        return mail.account.status(ctx)
      },
    }),
  )

  const Day = dayType(builder)
  builder.queryField('mailDays', (t) =>
    t.field({
      type: [Day],
      description: 'What mail cost and brought, by day. Days on which nothing happened are left out.',
      complexity: 20,
      extensions: { boundedList: 'at most 400 days' },
      authScopes: { permission: 'mail:read' },
      subGraphs: both,
      args: {
        from: t.arg({ type: 'DateTime', required: true, description: 'From this instant on.' }),
        until: t.arg({ type: 'DateTime', required: true, description: 'Before this instant; at most 400 days later.' }),
        timeZone: t.arg.string({
          required: true,
          defaultValue: 'UTC',
          description: 'IANA name of the zone whose days count. Example: `Europe/Paris`.',
        }),
      },
      resolve: (_root, { from, until, timeZone }, ctx) => {
        if (until.getTime() - from.getTime() > 400 * 86_400_000) {
          throw InvalidInputError.of('until', 'TOO_LONG', {
            en: `${until.toISOString()} is more than 400 days after "from".`,
            fr: `${until.toISOString()} est plus de 400 jours après « from ».`,
          })
        }
        return mail.costs.byDay(ctx, from, until, timeZone)
      },
    }),
  )
}

function dayType(builder: Builder) {
  return builder.objectRef<MailDay>('MailDay').implement({
    description: 'What mail cost and brought on a day.',
    authScopes: read,
    subGraphs: both,
    fields: (t) => ({
      day: t.exposeString('day', { description: '"2026-11-21".' }),
      costMicros: t.field({
        type: 'SafeInt',
        description: 'What it cost, in millionths of a US dollar.',
        resolve: ({ costMicros }) => costMicros,
      }),
      sent: t.exposeInt('sent', { description: 'Left on that day.' }),
      delivered: t.exposeInt('delivered', { description: 'Of those, that the receivers’ servers took.' }),
      opened: t.exposeInt('opened', { description: 'Of those that left, opened since.' }),
      clicked: t.exposeInt('clicked', { description: 'Of those that left, clicked since.' }),
      bounced: t.exposeInt('bounced', { description: 'Of those that left, come back since.' }),
      complained: t.exposeInt('complained', { description: 'Of those that left, called spam since.' }),
      failed: t.exposeInt('failed', { description: 'Failed on that day.' }),
      suppressed: t.exposeInt('suppressed', { description: 'Held back on that day.' }),
    }),
  })
}
