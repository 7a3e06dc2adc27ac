import { said } from '@espalier/core'
import { z } from 'zod'

/** Texts of a check: code keeps to what fits a page. */
const words = z.array(
  z
    .string()
    .trim()
    .refine(
      (text) => text.length >= 1 && text.length <= 500,
      said({ en: '1 to 500 characters.', fr: 'De 1 à 500 caractères.' }),
    ),
)
const someWords = words.refine(
  (list) => list.length >= 1 && list.length <= 50,
  said({ en: 'Name 1 to 50 texts.', fr: 'Nommez de 1 à 50 textes.' }),
)
const amount = z
  .int()
  .refine(
    (value) => value >= 0 && value <= 1_000_000,
    said({ en: 'A whole number from 0 to 1,000,000.', fr: 'Un nombre entier de 0 à 1 000 000.' }),
  )

const check = z.discriminatedUnion('check', [
  z.object({ check: z.literal('contains'), values: someWords }),
  z.object({ check: z.literal('excludes'), values: someWords }),
  z.object({
    check: z.literal('equals'),
    value: z
      .string()
      .refine(
        (text) => text.length <= 5000,
        said({ en: 'At most 5,000 characters.', fr: 'Au plus 5 000 caractères.' }),
      ),
  }),
  z.object({ check: z.literal('minWords'), value: amount }),
  z.object({ check: z.literal('maxWords'), value: amount }),
  z.object({ check: z.literal('maxCharacters'), value: amount }),
  z.object({
    check: z.literal('jsonWithKeys'),
    values: words.refine((list) => list.length <= 50, said({ en: 'At most 50 keys.', fr: 'Au plus 50 clés.' })),
  }),
])

/** What a good answer to a case holds: checks in code, and words for a judge. At least one of them. */
export const expectation = z
  .object({
    checks: z
      .array(check)
      .refine((list) => list.length <= 20, said({ en: 'At most 20 checks.', fr: 'Au plus 20 vérifications.' }))
      .default([]),
    judge: z
      .string()
      .trim()
      .refine((text) => text.length <= 2000, said({ en: 'At most 2,000 characters.', fr: 'Au plus 2 000 caractères.' }))
      .optional(),
  })
  .refine(
    ({ checks, judge }) => checks.length > 0 || judge,
    said({
      en: 'A case that expects nothing tells no wording from another: give at least one check, or words for the judge.',
      fr: 'Un cas qui n’attend rien ne départage pas les formulations : donnez au moins une vérification, ou des mots pour le juge.',
    }),
  )

export type Expectation = z.output<typeof expectation>
export type Check = z.output<typeof check>

export interface CheckResult {
  /** From 0 to 1; of several texts the share that is as it should be. */
  readonly score: number
  /** What is wrong, in a sentence; null where nothing is. */
  readonly fault: string | null
}

/** How far an answer passes a check. Case of letters and kind of white space do not matter to `contains` and `excludes`. */
export function runCheck(check: Check, answer: string): CheckResult {
  switch (check.check) {
    case 'contains': {
      const missing = check.values.filter((value) => !folded(answer).includes(folded(value)))
      return share(check.values, missing, `The answer should contain ${quoted(missing)}, and does not.`)
    }
    case 'excludes': {
      const present = check.values.filter((value) => folded(answer).includes(folded(value)))
      return share(check.values, present, `The answer must not contain ${quoted(present)}, and does.`)
    }
    case 'equals':
      return passed(answer.trim() === check.value.trim(), `The answer should be exactly ${quoted([check.value])}.`)
    case 'minWords':
      return passed(
        wordCount(answer) >= check.value,
        `The answer has ${wordCount(answer)} words; it needs at least ${check.value}.`,
      )
    case 'maxWords':
      return passed(
        wordCount(answer) <= check.value,
        `The answer has ${wordCount(answer)} words; ${check.value} are allowed.`,
      )
    case 'maxCharacters': {
      const length = [...answer.trim()].length
      return passed(length <= check.value, `The answer has ${length} characters; ${check.value} are allowed.`)
    }
    case 'jsonWithKeys': {
      const read = readObject(answer)
      if (!read) return { score: 0, fault: 'The answer should be a JSON object and nothing else, and is not.' }
      const missing = check.values.filter((key) => !Object.hasOwn(read, key))
      return share(check.values, missing, `The JSON object lacks ${quoted(missing)}.`)
    }
  }
}

function passed(ok: boolean, fault: string): CheckResult {
  return ok ? { score: 1, fault: null } : { score: 0, fault }
}

function share(all: readonly string[], wrong: readonly string[], fault: string): CheckResult {
  if (wrong.length === 0) return { score: 1, fault: null }
  return { score: 1 - wrong.length / all.length, fault }
}

function quoted(texts: readonly string[]): string {
  return texts.map((text) => `“${text.length > 200 ? `${text.slice(0, 200)}…` : text}”`).join(', ')
}

function folded(text: string): string {
  return text.normalize('NFKC').replace(/\s+/g, ' ').toLowerCase()
}

function wordCount(text: string): number {
  return text.split(/\s+/).filter(Boolean).length
}

function readObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}
