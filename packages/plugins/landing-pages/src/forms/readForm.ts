import { z } from 'zod'
import type { FormProps } from '../blocks/form.ts'
import { type FormField, trapName } from './field.ts'
import { formWords } from './words.ts'

/** What somebody sent with a form. */
export interface SentForm {
  /** What they wrote, by field, to be shown again where it is not taken. */
  readonly written: Readonly<Record<string, string>>
  /** What is wrong, by field. */
  readonly errors: Readonly<Record<string, string>>
  /** What is kept, by field; ticks as booleans, numbers as numbers. */
  readonly values: Readonly<Record<string, string | number | boolean>>
  /** Whether the field was filled in that people do not see. */
  readonly trapped: boolean
  readonly token: string
}

/** Checks what was sent as the browser would have, had it done so. Fields that the form has not are ignored. */
export function readForm(sent: URLSearchParams, { fields }: FormProps, language: string): SentForm {
  const written: Record<string, string> = {}
  const errors: Record<string, string> = {}
  const values: Record<string, string | number | boolean> = {}
  for (const field of fields) {
    const value = clean(sent.get(field.name) ?? '')
    // Never more than a page should carry back, however much was sent.
    written[field.name] = value.slice(0, field.maxLength)
    const error = errorOf(field, value, language)
    if (error) errors[field.name] = error
    else if (field.type === 'checkbox') values[field.name] = value === 'yes'
    else if (value !== '') values[field.name] = field.type === 'number' ? Number(value) : value
  }
  return { written, errors, values, trapped: (sent.get(trapName) ?? '') !== '', token: sent.get('_token') ?? '' }
}

/** Line breaks as "\n", and nothing that PostgreSQL cannot store. */
function clean(value: string): string {
  return value.replaceAll('\r\n', '\n').replaceAll('\0', '').toWellFormed().trim()
}

const email = z.email()
const date = z.iso.date()
/** As browsers take it: decimal, also in parts and with a power of ten. */
const numeral = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

function errorOf({ type, required, maxLength, options }: FormField, value: string, language: string) {
  const words = formWords(language)
  if (type === 'checkbox') return required && value !== 'yes' ? words.unchecked : undefined
  if (value === '') return required ? words.missing : undefined
  if (value.length > maxLength) return words.tooLong(maxLength)
  switch (type) {
    case 'email':
      return value.length <= 254 && email.safeParse(value).success ? undefined : words.email
    case 'tel':
      return /^\+?[\d\s()./-]{3,40}$/.test(value) ? undefined : words.tel
    case 'url':
      return /^https?:\/\/\S+$/i.test(value) && URL.canParse(value) ? undefined : words.url
    case 'number':
      return numeral.test(value) && Number.isFinite(Number(value)) ? undefined : words.number
    case 'date':
      return date.safeParse(value).success ? undefined : words.date
    case 'select':
    case 'radio':
      return options.includes(value) ? undefined : words.option
    default:
      return undefined
  }
}
