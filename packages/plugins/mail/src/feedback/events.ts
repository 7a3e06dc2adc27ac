import { defineEvent } from '@espalier/core'
import { z } from 'zod'

const about = { messageId: z.uuid().describe('The message.') }
const ids = { messageId: 'MailMessage' }
const example = { messageId: '0199b3c4-5d6e-7f80-8192-a3b4c5d6e7f8' }
const key = ({ messageId }: { messageId: string }) => messageId

/** A message came back. Permanent: nothing will arrive at the address. */
export const mailBounced = defineEvent({
  name: 'mail.bounced',
  payload: z.object({ ...about, permanent: z.boolean().describe('Nothing will arrive at the address any more.') }),
  key,
  public: {
    description: { en: 'A message came back.', fr: 'Un message est revenu.' },
    ids,
    example: { ...example, permanent: true },
  },
})

/** The receiver called a message spam. */
export const mailComplained = defineEvent({
  name: 'mail.complained',
  payload: z.object(about),
  key,
  public: {
    description: {
      en: 'The receiver of a message called it spam.',
      fr: 'Le destinataire d’un message l’a signalé comme indésirable.',
    },
    ids,
    example,
  },
})

/** The receiver wants no more of a topic; "" is everything. */
export const mailUnsubscribed = defineEvent({
  name: 'mail.unsubscribed',
  payload: z.object({ ...about, topic: z.string().describe('Of which they want no more; "" is everything.') }),
  key,
  public: {
    description: {
      en: 'The receiver of a message wants no more of its topic, or of anything.',
      fr: 'Le destinataire d’un message ne veut plus rien de son sujet, ou plus rien du tout.',
    },
    ids,
    example: { ...example, topic: 'newsletter' },
  },
})

/** Somebody who is not known to be a machine followed a link. Told a minute or two later, when that is settled. */
export const mailClicked = defineEvent({
  name: 'mail.clicked',
  payload: z.object({ ...about, eventId: z.uuid().describe('The click.') }),
  key,
  public: {
    description: {
      en: 'Somebody who is not known to be a machine followed a link of a message.',
      fr: 'Quelqu’un qui n’est pas connu pour être une machine a suivi un lien d’un message.',
    },
    ids: { ...ids, eventId: 'MailEvent' },
    example: { ...example, eventId: '0199b3c4-5d6e-7f80-8192-a3b4c5d6e7f9' },
    frequent: true,
  },
})

/** Marketing mail stands still, until somebody releases it. */
export const mailSendingHeld = defineEvent({
  name: 'mail.sending-held',
  payload: z.object({ holdId: z.uuid().describe('Why it stands still, and until when.') }),
  public: {
    description: {
      en: 'Marketing mail stands still, until somebody releases it.',
      fr: 'Les envois marketing sont suspendus, jusqu’à ce que quelqu’un les reprenne.',
    },
    ids: { holdId: 'MailHold' },
    example: { holdId: '0199b3c4-5d6e-7f80-8192-a3b4c5d6e7f8' },
  },
})

/** What of it others may hear. */
export const publicEvents = [mailBounced, mailComplained, mailUnsubscribed, mailClicked, mailSendingHeld]
