import { en as english, fr as french } from 'zod/locales'
import type { Told } from './told.ts'

/** What a schema found wrong: an issue of zod, or of another validator that speaks Standard Schema. */
export interface SchemaIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
  readonly code?: string
  /** Of zod's custom issues. */
  readonly params?: Record<string, unknown> | undefined
}

/**
 * A sentence of a schema in both languages, where zod takes a text: `z.string().min(1, said({ en: 'is empty', fr: 'est vide' }))`.
 * For sentences that are written when the program starts; those that hold values of an input are `issueWords`.
 *
 * @returns the English one, by which the French one is found again
 */
export function said(words: Told): string {
  known.set(words.en, words.fr)
  return words.en
}

/** The sentence of an issue that a check adds itself: `issues.push({ code: 'custom', path, ...issueWords({ en, fr }) })`. */
export function issueWords(words: Told): { message: string; params: { fr: string } } {
  return { message: words.en, params: { fr: words.fr } }
}

/** The sentence of an issue in both languages. @param input what was checked, in which the issue has its path */
export function issueTold(issue: SchemaIssue, input: unknown): Told {
  const own = issue.params?.fr ?? known.get(issue.message)
  if (typeof own === 'string') return { en: issue.message, fr: own }
  const raw = { ...issue, input: valueAt(input, issue.path) } as Parameters<ReturnType<typeof french>['localeError']>[0]
  const isZods = textOf(zodIn.en(raw)) === issue.message
  return { en: issue.message, fr: (isZods && textOf(zodIn.fr(raw))) || issue.message }
}

/** What stands at a path of an input; undefined where nothing does. */
export function valueAt(input: unknown, path: SchemaIssue['path'] = []): unknown {
  return path.reduce<unknown>((parent, part) => {
    const key = typeof part === 'object' ? part.key : part
    return (parent as Record<PropertyKey, unknown> | null | undefined)?.[key]
  }, input)
}

/** As many as there are sentences in the source. */
const known = new Map<string, string>()

const zodIn = { en: english().localeError, fr: french().localeError }

function textOf(words: ReturnType<typeof zodIn.en>): string | undefined {
  return typeof words === 'string' ? words : words?.message
}
