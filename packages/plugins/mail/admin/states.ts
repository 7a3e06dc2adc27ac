/** What can become of a message, from best to worst. */
export const states = [
  'CLICKED',
  'OPENED',
  'DELIVERED',
  'SENT',
  'QUEUED',
  'SUPPRESSED',
  'BOUNCED',
  'COMPLAINED',
  'FAILED',
] as const

export type MailStateName = (typeof states)[number]
