import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from '@swc/core'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const web = ['packages/admin-kit/src', 'packages/admin/src', 'packages/plugins/*/admin', 'examples/*/admin']
const files = (ending: string) =>
  globSync(
    web.map((folder) => `${folder}/**/${ending}`),
    { cwd: root },
  )
    .filter((file) => !file.includes('/graphql/'))
    .sort()

/** Attributes whose text people read or hear. */
const spoken =
  /^(aria-(label|description|placeholder|roledescription|valuetext)|title|label|alt|placeholder|lead|text|description|hint|help|confirm|summary)$/

/** Names that are the same in every language. */
const names = new Set([
  'Espalier',
  'GraphiQL',
  'SES',
  'SMTP',
  'CSV',
  'JSON',
  'URL',
  'OpenAI',
  'DB-IP',
  'English',
  'Français',
])

describe('what the web app says', () => {
  test('is in the messages of its language, never in the markup', async () => {
    const sources = files('*.tsx')
    const said = await Promise.all(sources.map(wordsInMarkup))
    expect(said.flat()).toEqual([])
    expect(sources.length).toBeGreaterThan(50)
  })

  test('has the same keys in English and in French, and no empty text', async () => {
    const catalogs = await everyCatalog()
    expect(catalogs.flatMap(({ file, en, fr }) => differences(en, fr, file))).toEqual([])
    expect(catalogs.length).toBeGreaterThan(15)
  })

  test('has one line, not one lines; in French the singular for nothing too', async () => {
    const catalogs = await everyCatalog()
    const wrong = catalogs.flatMap(({ file, en, fr }) => [
      ...wronglyCounted(en, [1], `${file}.en`),
      ...wronglyCounted(fr, [0, 1], `${file}.fr`),
    ])
    expect(wrong).toEqual([])
  })
})

type Catalog = { en: Record<string, unknown>; fr: Record<string, unknown> }

async function everyCatalog(): Promise<(Catalog & { file: string })[]> {
  const catalogs = files('*essages.ts').concat(files('words.ts'))
  const exported = await Promise.all(
    catalogs.map(async (file) => {
      const values: unknown[] = Object.values(await import(join(root, file)))
      return values.filter(isCatalog).map(({ en, fr }) => ({ file, en, fr }))
    }),
  )
  return exported.flat()
}

/** A plural after 0 or 1, but for what ends as one does: small words, verbs after a name, units. */
const pluralOfOne =
  /(?<![\d.,])[01][ \u00A0\u202F](?!(?:adds|as|contains|goes|has|is|leads|looks|teaches|times|was|cas|ces|des|fois|mois|ms|pris|vous)\b)\p{L}+[sx](?!\p{L})/u

/** Messages that get shares, money or the least length of a password, none of which is ever one of something. */
const neverOne = /\.(validOnce|reserved|passwordLength|passwordShort)$/

/** The messages that put a plural after one of the figures, whether it is given as a number or as it is written. */
function wronglyCounted(said: unknown, figures: readonly number[], path: string): string[] {
  if (typeof said === 'object' && said !== null)
    return Object.entries(said).flatMap(([key, value]) => wronglyCounted(value, figures, `${path}.${key}`))
  if (!isFunction(said) || neverOne.test(path)) return []
  return figures.flatMap((figure) => {
    const sentences = [figure, `${figure}`].map((given) => sentenceOf(said, given))
    return sentences.every((sentence) => pluralOfOne.test(sentence)) ? [`${path}: ${sentences[1]}`] : []
  })
}

/** Nothing of a message that takes a list: there is no figure in it. */
function sentenceOf(said: (...given: unknown[]) => unknown, given: number | string): string {
  try {
    return String(said(...Array(said.length).fill(given)))
  } catch {
    return ''
  }
}

function isFunction(value: unknown): value is (...given: unknown[]) => unknown {
  return typeof value === 'function'
}

function isCatalog(value: unknown): value is Catalog {
  return typeof value === 'object' && value !== null && 'en' in value && 'fr' in value
}

function differences(en: unknown, fr: unknown, path: string): string[] {
  if (typeof en === 'object' && en !== null && typeof fr === 'object' && fr !== null) {
    // Nothing in English: the server says it in English, and these are its words in French.
    const keys = Object.keys(en).length === 0 ? [] : [...new Set([...Object.keys(en), ...Object.keys(fr)])]
    return keys.flatMap((key) => {
      const lacking = !(key in en) ? 'English' : !(key in fr) ? 'French' : undefined
      if (lacking) return [`${path}.${key} is missing in ${lacking}`]
      return differences(en[key as never], fr[key as never], `${path}.${key}`)
    })
  }
  if (typeof en !== typeof fr) return [`${path} is a ${typeof en} in English and a ${typeof fr} in French`]
  // A section of the navigation may have no title, in both.
  return (en === '') !== (fr === '') ? [`${path} is empty in one language`] : []
}

/** Words between tags or in spoken attributes, as "file: words". */
async function wordsInMarkup(file: string): Promise<string[]> {
  const source = await readFile(join(root, file), 'utf8')
  const found: string[] = []
  walk(await parse(source, { syntax: 'typescript', tsx: true }), (node) => {
    if (node.type === 'JSXText') keep(node.value)
    if (node.type === 'JSXAttribute' && spoken.test(node.name?.value ?? '')) {
      const value = node.value?.type === 'JSXExpressionContainer' ? node.value.expression : node.value
      if (value?.type === 'StringLiteral') keep(value.value)
    }
    if (node.type === 'JSXExpressionContainer' && node.expression?.type === 'StringLiteral') keepChild(node)
  })
  return found

  function keep(text: unknown) {
    const words = String(text).trim()
    if (/\p{L}{2}/u.test(words) && !names.has(words) && !URL.canParse(words)) found.push(`${file}: ${words}`)
  }
  /** `<p>{'Hello'}</p>`, but not the value of an attribute, which is looked at above. */
  function keepChild(node: SyntaxNode) {
    if (node.isChild) keep(node.expression?.value)
  }
}

interface SyntaxNode {
  type?: string
  name?: SyntaxNode
  value?: SyntaxNode & string
  expression?: SyntaxNode
  isChild?: boolean
}

function walk(node: unknown, visit: (node: SyntaxNode) => void): void {
  if (Array.isArray(node)) {
    for (const each of node) walk(each, visit)
    return
  }
  if (typeof node !== 'object' || node === null) return
  visit(node as SyntaxNode)
  for (const [key, value] of Object.entries(node)) {
    if (key === 'children' && Array.isArray(value))
      for (const child of value) if (typeof child === 'object' && child) child.isChild = true
    walk(value, visit)
  }
}
