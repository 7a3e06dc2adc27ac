import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { issueTold, issueWords, said } from '../src/schemaWords.ts'

/** What a schema says of an input, in both languages. */
function wordsOf(schema: z.ZodType, input: unknown) {
  const { error } = schema.safeParse(input)
  return error?.issues.map((issue) => issueTold(issue, input)) ?? []
}

describe('What a schema finds wrong is said in both languages', () => {
  test('its own sentences', () => {
    const schema = z.string().refine(() => false, said({ en: 'is no pear', fr: 'n’est pas une poire' }))
    expect(wordsOf(schema, 'apple')).toEqual([{ en: 'is no pear', fr: 'n’est pas une poire' }])
  })

  test('sentences with values of the input', () => {
    const schema = z.string().superRefine((text, context) => {
      context.addIssue({ code: 'custom', ...issueWords({ en: `"${text}" is taken`, fr: `« ${text} » est pris` }) })
    })
    expect(wordsOf(z.object({ slug: schema }), { slug: 'offer' })).toEqual([
      { en: '"offer" is taken', fr: '« offer » est pris' },
    ])
  })

  test.each([
    [z.object({ name: z.string() }), { name: 3 }],
    [z.object({ name: z.string().min(3) }), { name: 'a' }],
    [z.object({ list: z.array(z.enum(['a', 'b'])) }), { list: ['c'] }],
    [z.object({ at: z.iso.datetime() }), { at: 'noon' }],
    [z.strictObject({}), { more: 1 }],
  ])('what zod says by itself: %#', (schema, input) => {
    const [words] = wordsOf(schema, input)
    expect(words?.fr).toBeTruthy()
    expect(words?.fr).not.toBe(words?.en)
  })
})

/** These speak to programs: they answer what a server or a script of a page sent, and are read in its log. */
const toPrograms = ['plugins/tracking/src/collectRequest.ts']

describe('No schema of the server speaks English alone', () => {
  const packages = join(import.meta.dirname, '../..')
  const files = readdirSync(packages, { recursive: true, encoding: 'utf8' }).filter(
    (file) =>
      /^(core|plugins\/[\w-]+)\/src\/.*\.ts$/.test(file) &&
      !/testing|node_modules/.test(file) &&
      !toPrograms.includes(file),
  )

  test('sentences stand in said(…) or issueWords(…), with their French', () => {
    expect(files.length).toBeGreaterThan(400)
    const found = files.flatMap((file) =>
      bareSentences(readFileSync(join(packages, file), 'utf8')).map((sentence) => `${file}: ${sentence}`),
    )
    expect(found).toEqual([])
  })

  test.each([
    "z.string().refine((text) => text !== '', 'is empty, and must not be')",
    "z.string()\n  .regex(/^[a-z](b|c)$/, 'takes small letters')",
    "z.int('must be a whole number')",
    'z.number().gte(least, `is less than that`)',
    "z.string().min(1, { error: 'is much too short' })",
    "context.addIssue({ code: 'custom', path, message: 'is not right' })",
  ])('one that does is found: %s', (source) => {
    expect(bareSentences(`import { z } from 'zod'\n${source}`)).toHaveLength(1)
  })

  test('one in both languages is not', () => {
    expect(bareSentences("import { z } from 'zod'\nz.int(said({ en: 'no whole number', fr: 'pas entier' }))")).toEqual(
      [],
    )
  })
})

const calls =
  /\.(?:refine|superRefine|regex|min|max|length|nonempty|int|gte?|lte?|uuid|email|url|enum|record|string|number|array|union|custom|datetime)\(|addIssue\(|issues\.push\(/g

/** Sentences that stand by themselves where a schema takes them. */
function bareSentences(source: string): string[] {
  if (!/from 'zod/.test(source)) return []
  return [...source.matchAll(calls)].flatMap(({ 0: call, index }) => {
    const args = argumentsAt(source, index + call.length)
    return args.flatMap((argument) => {
      const text = /^\s*(['`])(.*)\1\s*$/s.exec(argument)?.[2]
      const named = /^\s*\{[^{}]*\b(?:message|error):\s*(['`])((?:(?!\1).)*)\1/s.exec(argument)?.[2]
      const sentence = named ?? text
      // Names and formats are one word.
      return sentence !== undefined && /\S \S/.test(sentence) ? [sentence] : []
    })
  })
}

/** The arguments of a call, from behind its parenthesis: cut at commas that are in nothing else. */
function argumentsAt(source: string, start: number): string[] {
  const found: string[] = []
  let depth = 0
  let from = start
  for (let at = start; at < source.length; at++) {
    const char = source[at] as string
    if (char === "'" || char === '`' || (char === '/' && /[(,]\s*$/.test(source.slice(Math.max(0, at - 8), at)))) {
      at = endOfQuoted(source, at, char)
      continue
    }
    if ('([{'.includes(char)) depth++
    else if (')]}'.includes(char) && depth-- === 0) return [...found, source.slice(from, at)]
    else if (char === ',' && depth === 0) {
      found.push(source.slice(from, at))
      from = at + 1
    }
  }
  return found
}

function endOfQuoted(source: string, start: number, quote: string): number {
  let at = start + 1
  while (at < source.length && source[at] !== quote) at += source[at] === '\\' ? 2 : 1
  return at
}
