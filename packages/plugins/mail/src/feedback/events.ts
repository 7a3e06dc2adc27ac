import { defineEvent } from '@espalier/core'
import { z } from 'zod'

const about = { messageId: z.uuid() }
const key = ({ messageId }: { messageId: string }) => messageId

/** A message came back. Permanent: nothing will arrive at the address. */
export const mailBounced = defineEvent({
  name: 'mail.bounced',
  payload: z.object({ ...about, permanent: z.boolean() }),
  key,
})

/** The receiver called a message spam. */
export const mailComplained = defineEvent({ name: 'mail.complained', payload: z.object(about), key })

/** The receiver wants no more of a topic; "" is everything. */
export const mailUnsubscribed = defineEvent({
  name: 'mail.unsubscribed',
  payload: z.object({ ...about, topic: z.string() }),
  key,
})

/** Somebody who is not known to be a machine followed a link. Told a minute or two later, when that is settled. */
export const mailClicked = defineEvent({
  name: 'mail.clicked',
  payload: z.object({ ...about, eventId: z.uuid() }),
  key,
})

/** Marketing mail stands still, until somebody releases it. */
export const mailSendingHeld = defineEvent({ name: 'mail.sending-held', payload: z.object({ holdId: z.uuid() }) })
