import { InvalidInputError } from '@espalier/core'
import { compile } from 'html-to-text'
import { checkMarkup } from './checkMarkup.ts'
import type { CompiledTemplate } from './compile.ts'
import { htmlEngine, textEngine } from './engine.ts'
import { TemplateProblem } from './templateProblem.ts'

/** What the mail plugin adds to the data of each message, as `mail`. */
export interface MailVariables {
  readonly unsubscribeUrl: string
  readonly postalAddress: string
}

export interface RenderedMail {
  /** One line, at most 200 characters. */
  readonly subject: string
  readonly html: string
}

/**
 * Fills a template in.
 *
 * @throws InvalidInputError for a variable that is missing, with its name, and for what no mail may have
 */
export function renderTemplate(
  template: CompiledTemplate,
  data: Readonly<Record<string, unknown>>,
  mail: MailVariables,
): RenderedMail {
  const rendered = { subject: renderSubject(template, data, mail), html: renderHtml(template, data, mail) }
  asInput(() => checkMarkup(rendered.html))
  return rendered
}

/** @throws InvalidInputError for a variable that is missing */
export function renderSubject(
  template: CompiledTemplate,
  data: Readonly<Record<string, unknown>>,
  mail: MailVariables,
): string {
  return asInput(() => oneLine(textEngine.renderSync([...template.subject], { ...data, mail })))
}

/** The HTML, for whoever checks it while it is parsed for something else. @throws InvalidInputError for a variable that is missing */
export function renderHtml(
  template: CompiledTemplate,
  data: Readonly<Record<string, unknown>>,
  mail: MailVariables,
): string {
  return asInput(() => htmlEngine.renderSync([...template.html], { ...data, mail }))
}

/** What a template refuses is what is wrong with the data. @throws InvalidInputError */
export function asInput<Result>(work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw asInvalidInput(error)
  }
}

/** The same for programs that show no HTML. */
export function textOf(html: string): string {
  return asText(html).trim()
}

/** The same in lines that are as long as they come, with whatever stands around them. */
export function unwrappedTextOf(html: string): string {
  return asUnwrappedText(html)
}

/** Longest line of a text where words let it be. Characters. */
export const lineLength = 78

const selectors = [
  { selector: 'a', options: { hideLinkHrefIfSameAsText: true, ignoreHref: false } },
  { selector: 'img', format: 'skip' },
  // The tables of MJML lay out; what stands in one is read as it comes.
  { selector: 'table', format: 'block' },
  ...['h1', 'h2', 'h3'].map((selector) => ({ selector, options: { uppercase: false } })),
]

const asText = compile({ wordwrap: lineLength, selectors })
const asUnwrappedText = compile({ wordwrap: false, selectors })

/** A line break in a header would begin another header. */
function oneLine(text: string): string {
  const line = text.replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()
  return [...line].slice(0, 200).join('')
}

function asInvalidInput(error: unknown): Error {
  if (error instanceof TemplateProblem)
    return InvalidInputError.of('input.data', 'MARKUP', {
      en: `The mail ${error.told.en}`,
      fr: `Le message ${error.told.fr}`,
    })
  const { name, message } = error as Error
  const variable = name === 'UndefinedVariableError' && /undefined variable: ([^,\s]+)/.exec(message)?.[1]
  if (variable) {
    return InvalidInputError.of(`input.data.${variable}`, 'MISSING', {
      en: `The template shows "${variable}", which the data does not have. Add it.`,
      fr: `Le modèle montre « ${variable} », que les données n’ont pas. Ajoutez-le.`,
    })
  }
  return InvalidInputError.of('input.data', 'NOT_RENDERED', {
    en: `The template cannot be filled in: ${message.split('\n')[0]}`,
    fr: `Le modèle ne peut pas être rempli : ${message.split('\n')[0]}`,
  })
}
