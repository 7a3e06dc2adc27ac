import { defineTopic } from '@espalier/core'

/** Messages were written down, have left, or something was heard of them. Key: "all". */
export const messagesChanged = defineTopic<null>({ name: 'mail.messages', coalesce: () => null, afterGap: () => null })
