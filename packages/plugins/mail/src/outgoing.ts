import { checkInput, InvalidInputError } from '@espalier/core'
import { z } from 'zod'
import { readAddress } from './address.ts'
import type { OutgoingMail } from './mailer.ts'

/** A message that can be written down: addresses as they are written to, data as JSON. @throws InvalidInputError */
export function readOutgoing(message: OutgoingMail) {
  const outgoing = checkInput(outgoingMail, message as z.input<typeof outgoingMail>)
  const bytes = outgoing.attachments.reduce((sum, { content }) => sum + content.length, 0)
  if (bytes > maxAttachmentBytes) {
    throw InvalidInputError.of('input.attachments', 'TOO_BIG', `have ${bytes} bytes; ${maxAttachmentBytes} are taken.`)
  }
  return { ...outgoing, data: asJson(outgoing.data) }
}

export type ReadOutgoing = ReturnType<typeof readOutgoing>

/** SES takes 40 MB as they travel, which is a third more; most mailboxes take 25. */
const maxAttachmentBytes = 10 * 1024 * 1024
const maxDataCharacters = 512 * 1024

const address = z.string().transform((text, check) => {
  const read = readAddress(text)
  if (read !== undefined) return read
  check.addIssue({ code: 'custom', message: 'is no mail address, such as "ada@example.com"', input: text })
  return z.NEVER
})

/** A line break in a name would begin another header. */
function line(max: number) {
  return z
    .string()
    .trim()
    .refine((text) => text.length <= max, `has more than ${max} characters`)
    .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), 'has a line break or another control character')
}

const person = z.object({ address, name: line(200).optional() })

const attachment = z.object({
  filename: line(200).refine((name) => name !== '' && !/["\\/]/.test(name), 'is empty, or has a quote or a slash'),
  contentType: z
    .string()
    .regex(/^[\w.+-]{1,80}\/[\w.+-]{1,80}(; ?[\w-]+=[\w.-]+)*$/, 'is no type of content, such as "image/png"'),
  content: z.instanceof(Uint8Array),
  contentId: z
    .string()
    .regex(/^[\w.@-]{1,100}$/, 'has other characters than letters, digits, ".", "_", "-" and "@"')
    .optional(),
})

const outgoingMail = z.object({
  to: person,
  template: line(200),
  language: z.enum(['en', 'fr']),
  data: z.record(z.string(), z.unknown()),
  idempotencyKey: line(200).refine((key) => key !== '', 'is empty'),
  from: person.optional(),
  replyTo: address.optional(),
  about: z.object({ type: line(100), id: z.uuid() }).optional(),
  notBefore: z.date().optional(),
  attachments: z
    .array(attachment)
    .refine((items) => items.length <= 20, 'has more than 20 attachments')
    .default([]),
})

/** As it is kept, so that what is rendered is what can be looked at later. @throws InvalidInputError */
function asJson(data: Record<string, unknown>): Record<string, unknown> {
  let text: string
  try {
    text = JSON.stringify(data)
  } catch (error) {
    throw InvalidInputError.of('input.data', 'NOT_JSON', `cannot be kept as JSON: ${(error as Error).message}`)
  }
  if (text.length > maxDataCharacters || text.includes('\\u0000')) {
    throw InvalidInputError.of(
      'input.data',
      'UNSTORABLE',
      `has more than ${maxDataCharacters} characters as JSON, or a NUL character.`,
    )
  }
  return JSON.parse(text)
}
