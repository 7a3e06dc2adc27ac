import { createHash } from 'node:crypto'
import type { ModelMessage } from '@espalier/ai'
import { type InputIssue, InvalidInputError } from '@espalier/core'
import { Liquid, LiquidError, type Template } from 'liquidjs'
import { data, hasFence, notice, plain } from './fence.ts'
import type { PromptLanguage, PromptVariable } from './runner.ts'

/** What a variant says: liquid, twice. */
export interface Wording {
  readonly system: string
  readonly template: string
}

/** The most characters of one template, and of the messages that it makes together. */
export const maxTemplateLength = 50_000
const maxRenderedLength = 1_000_000

/**
 * What a model is told once the variables are filled in. Values stand between marks (fence.ts), and the system message says
 * what those mean.
 *
 * @param values checked against the declaration; what is optional and missing is null
 * @throws InvalidInputError for a template that fails on these values, or makes more than 1,000,000 characters
 */
export function render(
  { system, template }: Wording,
  values: Readonly<Record<string, unknown>>,
  language: PromptLanguage,
): ModelMessage[] {
  const parts = { system, template }
  const rendered = Object.fromEntries(
    Object.entries(parts).map(([part, text]) => {
      try {
        return [part, tidy(engine.renderSync(parsed(text), values) as string)]
      } catch (error) {
        throw InvalidInputError.of('variables', 'TEMPLATE_FAILED', {
          en: `make the ${part} fail: ${problemOf(error).message}`,
          fr: `font échouer « ${part} » : ${problemOf(error).message}`,
        })
      }
    }),
  ) as Record<keyof Wording, string>
  const length = rendered.system.length + rendered.template.length
  if (length > maxRenderedLength)
    throw InvalidInputError.of('variables', 'TOO_LONG', {
      en: `make messages of ${length} characters, and ${maxRenderedLength} are the most. Give less.`,
      fr: `font des messages de ${length} caractères, et ${maxRenderedLength} est le maximum. Donnez-en moins.`,
    })
  const isFenced = hasFence(rendered.system) || hasFence(rendered.template)
  const instructions = [rendered.system, ...(isFenced ? [notice(language)] : [])].filter((text) => text !== '')
  return [
    ...(instructions.length > 0 ? [{ role: 'system', content: instructions.join('\n\n') } as const] : []),
    { role: 'user', content: rendered.template },
  ]
}

/** What keeps a wording from being used, with the line and the way out; none for a sound one. */
export function wordingIssues(
  { system, template }: Wording,
  variables: readonly Pick<PromptVariable, 'name'>[],
): InputIssue[] {
  const declared = new Set(variables.map(({ name }) => name))
  return Object.entries({ system, template }).flatMap(([path, text]) => textIssues(path, text, declared))
}

/** The names of the variables that a wording asks for. It has to be sound. */
export function variablesOf({ system, template }: Wording): Set<string> {
  return new Set([system, template].flatMap((text) => Object.keys(globalsOf(text))))
}

function textIssues(path: string, text: string, declared: ReadonlySet<string>): InputIssue[] {
  if (text.length > maxTemplateLength)
    return [
      {
        path,
        code: 'TOO_LONG',
        message: {
          en: `has ${text.length} characters, and ${maxTemplateLength} are the most. Shorten it, or give what is long as a variable.`,
          fr: `a ${text.length} caractères, et ${maxTemplateLength} est le maximum. Raccourcissez, ou passez ce qui est long par une variable.`,
        },
      },
    ]
  try {
    return Object.entries(globalsOf(text))
      .filter(([name]) => !declared.has(name))
      .map(([name, uses]) => ({
        path,
        code: 'VARIABLE_UNKNOWN',
        message: {
          en: `asks for "${name}" in line ${uses[0]?.location.row ?? 1}, which the prompt does not declare. ${
            declared.size === 0 ? 'It declares no variables' : `Its variables are: ${[...declared].join(', ')}`
          }. Use one of them, or declare "${name}".`,
          fr: `demande « ${name} » à la ligne ${uses[0]?.location.row ?? 1}, que le prompt ne déclare pas. ${
            declared.size === 0 ? 'Il ne déclare aucune variable' : `Ses variables sont : ${[...declared].join(', ')}`
          }. Utilisez-en une, ou déclarez « ${name} ».`,
        },
      }))
  } catch (error) {
    const { line, message } = problemOf(error)
    return [
      {
        path,
        code: 'TEMPLATE_INVALID',
        message: {
          en: `is no valid template, in line ${line}: ${message}`,
          fr: `n’est pas un modèle valable, à la ligne ${line} : ${message}`,
        },
      },
    ]
  }
}

function globalsOf(text: string) {
  return engine.analyzeSync(parsed(text), { partials: false }).globals
}

/** The same texts are rendered again and again; of a template that is gone the least recently used goes first. */
const templates = new Map<string, Template[]>()
const maxTemplates = 500

function parsed(text: string): Template[] {
  const key = createHash('sha256').update(text).digest('base64')
  const known = templates.get(key)
  const template = known ?? engine.parse(text)
  templates.delete(key)
  templates.set(key, template)
  if (templates.size > maxTemplates) templates.delete(templates.keys().next().value as string)
  return template
}

function problemOf(error: unknown): { line: number; message: string } {
  if (!(error instanceof LiquidError)) return { line: 1, message: String(error) }
  const [line] = error.token.getPosition() as [number]
  // liquidjs adds ", line:1, col:2" of its own, and the lines around.
  return { line, message: (error.originalError ?? error).message.split('\n')[0]?.replace(/, line:.*$/, '') ?? '' }
}

/** Empty lines that tags leave behind. */
function tidy(text: string): string {
  return text.replace(/\n{3,}/g, '\n\n').trim()
}

/**
 * Liquid with what a prompt needs. No files, no clock, nothing that counts across renderings, and no way around the marks
 * but `plain`. `capture` and `assign` of marked text would mark it twice, so there is no `capture`.
 */
const engine = new Liquid({
  strictFilters: true,
  strictVariables: true,
  lenientIf: true,
  ownPropertyOnly: true,
  parseLimit: maxTemplateLength,
  renderLimit: 1_000,
  memoryLimit: 20_000_000,
  outputEscape: data,
  templates: {},
})

const tags = ['if', 'unless', 'case', 'for', 'assign', 'comment', 'raw', 'break', 'continue', '#']
const filters = [
  ...['abs', 'ceil', 'divided_by', 'floor', 'minus', 'modulo', 'plus', 'round', 'times', 'at_least', 'at_most'],
  ...[
    'append',
    'prepend',
    'capitalize',
    'downcase',
    'upcase',
    'replace',
    'remove',
    'strip',
    'truncate',
    'truncatewords',
  ],
  ...[
    'compact',
    'concat',
    'first',
    'last',
    'join',
    'map',
    'reverse',
    'size',
    'slice',
    'sort',
    'split',
    'sum',
    'uniq',
    'where',
  ],
  ...['default', 'json'],
]
for (const tag of Object.keys(engine.tags)) if (!tags.includes(tag)) delete engine.tags[tag]
for (const filter of Object.keys(engine.filters)) if (!filters.includes(filter)) delete engine.filters[filter]
engine.registerFilter('plain', { handler: plain, raw: true })
