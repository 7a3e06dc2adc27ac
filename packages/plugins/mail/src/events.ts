import { announceChange, defineTopic, type SqlContext } from '@espalier/core'

/** Messages were written down, have left, or something was heard of them. Key: "all". */
export const messagesChanged = defineTopic<null>({ name: 'mail.messages', coalesce: () => null, afterGap: () => null })

/** Tells whoever watches mail, once the transaction commits. */
export function tellMessagesChanged(tx: SqlContext): void {
  tx.announce(messagesChanged, 'all', null)
  announceChange(tx, 'MailMessage', null)
}
