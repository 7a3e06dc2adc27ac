import { type Builder, both, InvalidInputError, prismaList, said, searchIn, workspaceNode } from '@espalier/core'
import { z } from 'zod'
import { type Erased, eraseAddress } from '../erasure.ts'
import type { Feedback } from '../feedback/feedback.ts'
import type { SuppressionReason } from '../suppressions.ts'
import { eventTypes } from './event.ts'
import { holdTypes } from './hold.ts'

const read = { authScopes: { permission: 'mail:read' }, subGraphs: both } as const
const write = { authScopes: { permission: 'mail:write' }, subGraphs: both } as const

/** A topic, as templates name it. */
const topic = z
  .string()
  .trim()
  .refine((text) => text.length <= 100, said({ en: 'has more than 100 characters', fr: 'dépasse 100 caractères' }))
  .nullish()

/** What comes back: events of messages, addresses that are not written to, holds of marketing mail. */
export function suppressionTypes(builder: Builder, { feedback }: { readonly feedback: Feedback }): void {
  const { suppressions } = feedback
  eventTypes(builder)
  holdTypes(builder, feedback.holds)

  const Reason = builder.enumType('MailSuppressionReason', {
    description: 'Why an address is not written to.',
    subGraphs: both,
    values: {
      HARD_BOUNCE: { value: 'hardBounce', description: 'Nothing arrives there.' },
      COMPLAINT: { value: 'complaint', description: 'Its owner called a message spam.' },
      UNSUBSCRIBE: { value: 'unsubscribe', description: 'Its owner unsubscribed.' },
      MANUAL: { value: 'manual', description: 'Somebody here said so.' },
      PROVIDER_LIST: { value: 'providerList', description: 'The provider holds it on a list of its own.' },
      SOFT_BOUNCES: {
        value: 'softBounces',
        description: 'Three messages did not arrive within 30 days; held for 30 more.',
      },
    } satisfies Record<string, { value: SuppressionReason; description: string }>,
  })

  const Suppression = workspaceNode(builder, 'MailSuppression', {
    description: 'An address that is not written to, and one reason why. It may have several.',
    ...read,
    fields: (t) => ({
      address: t.exposeString('address', {
        nullable: true,
        description: 'Null once it was erased: it is still known again when somebody wants to write to it.',
      }),
      reason: t.field({ type: Reason, description: 'Why.', resolve: ({ reason }) => reason }),
      topic: t.exposeString('topic', {
        description: 'What is held back. Empty: everything that one can unsubscribe from.',
      }),
      all: t.exposeBoolean('all', { description: 'Whether everything else is held back as well.' }),
      until: t.expose('until', { type: 'DateTime', nullable: true, description: 'Until when. Null: for good.' }),
      messageId: t.expose('messageId', { type: 'UUID', nullable: true, description: 'The message that it came of.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'Since when.' }),
    }),
  })

  const list = prismaList(builder, Suppression, {
    filter: {
      search: searchIn('address', 'topic'),
      address: 'text',
      reason: Reason,
      topic: 'text',
      createdAt: 'dateTime',
    },
    orderBy: ['createdAt'],
  })
  builder.queryField('mailSuppressions', (t) =>
    list.field(t, { description: 'Addresses that are not written to.', ...read }),
  )

  const SuppressInput = builder.inputType('SuppressAddressInput', {
    description: 'An address that is not to be written to.',
    validate: z.looseObject({ topic }),
    fields: (t) => ({
      address: t.string({ required: true, description: 'Such as "ada@example.com".' }),
      topic: t.string({
        description:
          'Hold back this topic alone. Default: everything, also what nobody can unsubscribe from. Example: `reports`.',
      }),
    }),
  })

  builder.mutationField('suppressAddress', (t) =>
    t.field({
      type: Suppression,
      description: 'Holds an address: nothing more is sent there. Twice is once.',
      ...write,
      args: { input: t.arg({ type: SuppressInput, required: true, description: 'Which.' }) },
      resolve: async (_root, { input }, ctx) => {
        const id = await suppressions.addByHand(ctx, input.address, input.topic?.trim() ?? '')
        return ctx.db.prisma.mailSuppression.findFirstOrThrow({ where: { id } })
      },
    }),
  )

  const UnsuppressInput = builder.inputType('UnsuppressAddressInput', {
    description: 'A reason to hold an address that is to go.',
    fields: (t) => ({
      id: t.globalID({ for: Suppression, required: true, description: 'The suppression.' }),
      why: t.string({
        description:
          'Needed after a complaint or an unsubscription, for the audit trail. At most 500 characters. Example: `Ada asked for it by phone`.',
      }),
    }),
  })

  const Unsuppressed = builder.objectRef<{ id: string }>('UnsuppressedAddress').implement({
    description: 'What is gone.',
    ...write,
    fields: (t) => ({
      suppressionId: t.expose('id', { type: 'UUID', description: 'Its number, as in the audit trail.' }),
    }),
  })

  builder.mutationField('unsuppressAddress', (t) =>
    t.field({
      type: Unsuppressed,
      description:
        'Takes one reason away. The address may be written to again once none is left; a provider’s own list is not changed.',
      ...write,
      args: { input: t.arg({ type: UnsuppressInput, required: true, description: 'Which, and why.' }) },
      resolve: async (_root, { input }, ctx) => {
        await suppressions.remove(ctx, input.id.id, input.why ?? '')
        return { id: input.id.id }
      },
    }),
  )

  const ImportReason = builder.enumType('MailImportReason', {
    description: 'Why addresses of a list are not written to.',
    subGraphs: both,
    values: {
      MANUAL: { value: 'manual' as const, description: 'Nothing is sent there.' },
      UNSUBSCRIBE: {
        value: 'unsubscribe' as const,
        description: 'Nothing that one can unsubscribe from is sent there.',
      },
    },
  })

  const ImportInput = builder.inputType('ImportSuppressionsInput', {
    description: 'Addresses that are not to be written to, such as the list of the product that was used before.',
    validate: z.looseObject({ topic }),
    fields: (t) => ({
      addresses: t.stringList({ required: true, description: 'At most 10,000. Example: `["ada@example.com"]`.' }),
      reason: t.field({ type: ImportReason, required: true, description: 'Why.' }),
      topic: t.string({ description: 'Of this topic alone. Example: `reports`.' }),
    }),
  })

  const Imported = builder.objectRef<{ added: number; known: number }>('ImportedSuppressions').implement({
    description: 'What came of a list.',
    ...write,
    fields: (t) => ({
      added: t.exposeInt('added', { description: 'Addresses that are held now.' }),
      known: t.exposeInt('known', { description: 'Those that were held already, or stood in the list before.' }),
    }),
  })

  builder.mutationField('importSuppressions', (t) =>
    t.field({
      type: Imported,
      description: 'Holds a list of addresses. With one that is no address in it, none is written.',
      ...write,
      args: { input: t.arg({ type: ImportInput, required: true, description: 'The list.' }) },
      resolve: (_root, { input }, ctx) =>
        suppressions.import(ctx, input.addresses, { reason: input.reason, topic: input.topic?.trim() ?? '' }),
    }),
  )

  const Forgotten = builder.objectRef<Erased>('ErasedMailAddress').implement({
    description: 'What was forgotten.',
    authScopes: { permission: 'mail:configure' },
    subGraphs: both,
    fields: (t) => ({
      messages: t.exposeInt('messages', { description: 'Messages without receiver and content now.' }),
      suppressions: t.exposeInt('suppressions', { description: 'Suppressions that keep a hash of the address alone.' }),
    }),
  })

  builder.mutationField('eraseMailAddress', (t) =>
    t.field({
      type: Forgotten,
      description:
        'Forgets an address for good, with what was sent there. Where it was suppressed it stays so, by a hash that tells nobody what it was.',
      authScopes: { permission: 'mail:configure' },
      subGraphs: both,
      args: { address: t.arg.string({ required: true, description: 'The address. Example: `ada@example.com`.' }) },
      resolve: (_root, { address }, ctx) => {
        if (address.length > 1_000)
          throw InvalidInputError.of('address', 'TOO_LONG', {
            en: 'has more than 1,000 characters.',
            fr: 'dépasse 1 000 caractères.',
          })
        return eraseAddress(ctx, suppressions, address)
      },
    }),
  )
}
