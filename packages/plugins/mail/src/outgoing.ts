import { checkInput, InvalidInputError, said } from '@espalier/core'
import { z } from 'zod'
import { readAddress } from './address.ts'
import type { OutgoingMail } from './mailer.ts'

/** A message that can be written down: addresses as they are written to, data as JSON. @throws InvalidInputError */
export function readOutgoing(message: OutgoingMail) {
  const outgoing = checkInput(outgoingMail, message as z.input<typeof outgoingMail>)
  const bytes = outgoing.attachments.reduce((sum, { content }) => sum + content.length, 0)
  if (bytes > maxAttachmentBytes) {
    throw InvalidInputError.of('input.attachments', 'TOO_BIG', {
      en: `have ${bytes} bytes; ${maxAttachmentBytes} are taken.`,
      fr: `font ${bytes} octets ; ${maxAttachmentBytes} sont admis.`,
    })
  }
  return { ...outgoing, data: asJson(outgoing.data) }
}

export type ReadOutgoing = ReturnType<typeof readOutgoing>

/** SES takes 40 MB as they travel, which is a third more; most mailboxes take 25. */
export const maxAttachmentBytes = 10 * 1024 * 1024
const maxDataCharacters = 512 * 1024

const address = z.string().transform((text, check) => {
  const read = readAddress(text)
  if (read !== undefined) return read
  check.addIssue({
    code: 'custom',
    input: text,
    message: said({
      en: 'is no mail address, such as "ada@example.com"',
      fr: 'n’est pas une adresse e-mail, telle que « ada@example.com »',
    }),
  })
  return z.NEVER
})

/** A line break in a name would begin another header. */
function line(max: number) {
  return z
    .string()
    .trim()
    .refine(
      (text) => text.length <= max,
      said({ en: `has more than ${max} characters`, fr: `dépasse ${max} caractères` }),
    )
    .refine(
      (text) => text.isWellFormed() && !/\p{Cc}/u.test(text),
      said({
        en: 'has a line break or another control character',
        fr: 'contient un retour à la ligne ou un autre caractère de contrôle',
      }),
    )
}

const person = z.object({ address, name: line(200).optional() })

const attachment = z.object({
  filename: line(200).refine(
    (name) => name !== '' && !/["\\/]/.test(name),
    said({ en: 'is empty, or has a quote or a slash', fr: 'est vide, ou contient un guillemet ou une barre oblique' }),
  ),
  contentType: z.string().regex(
    /^[\w.+-]{1,80}\/[\w.+-]{1,80}(; ?[\w-]+=[\w.-]+)*$/,
    said({
      en: 'is no type of content, such as "image/png"',
      fr: 'n’est pas un type de contenu, tel que « image/png »',
    }),
  ),
  content: z.instanceof(Uint8Array),
  contentId: z
    .string()
    .regex(
      /^[\w.@-]{1,100}$/,
      said({
        en: 'has other characters than letters, digits, ".", "_", "-" and "@"',
        fr: 'a d’autres caractères que lettres, chiffres, « . », « _ », « - » et « @ »',
      }),
    )
    .optional(),
})

const outgoingMail = z.object({
  to: person,
  template: line(200),
  language: z.enum(['en', 'fr']),
  data: z.record(z.string(), z.unknown()),
  idempotencyKey: line(200).refine((key) => key !== '', said({ en: 'is empty', fr: 'est vide' })),
  from: person.optional(),
  replyTo: address.optional(),
  about: z.object({ type: line(100), id: z.uuid() }).optional(),
  notBefore: z.date().optional(),
  attachments: z
    .array(attachment)
    .refine(
      (items) => items.length <= 20,
      said({ en: 'has more than 20 attachments', fr: 'a plus de 20 pièces jointes' }),
    )
    .default([]),
})

/** As it is kept, so that what is rendered is what can be looked at later. @throws InvalidInputError */
function asJson(data: Record<string, unknown>): Record<string, unknown> {
  let text: string
  try {
    text = JSON.stringify(data)
  } catch (error) {
    throw InvalidInputError.of('input.data', 'NOT_JSON', {
      en: `cannot be kept as JSON: ${(error as Error).message}`,
      fr: `ne peut pas être gardé en JSON : ${(error as Error).message}`,
    })
  }
  if (text.length > maxDataCharacters || text.includes('\\u0000')) {
    throw InvalidInputError.of('input.data', 'UNSTORABLE', {
      en: `has more than ${maxDataCharacters} characters as JSON, or a NUL character.`,
      fr: `dépasse ${maxDataCharacters} caractères en JSON, ou contient un caractère NUL.`,
    })
  }
  return JSON.parse(text)
}
