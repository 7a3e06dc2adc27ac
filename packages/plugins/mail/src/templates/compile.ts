import type { Template } from 'liquidjs'
import type { MailClass, MailLanguage } from '../mailer.ts'
import { checkMarkup } from './checkMarkup.ts'
import { htmlEngine, textEngine } from './engine.ts'
import { mailDocument } from './layout.ts'
import { mjmlToHtml } from './mjml.ts'
import { TemplateProblem } from './templateProblem.ts'
import { missingVariables } from './variables.ts'

export interface TemplateSource {
  readonly language: MailLanguage
  readonly class: MailClass
  readonly topic?: string | null
  readonly subject: string
  readonly body: string
  readonly sample: Readonly<Record<string, unknown>>
}

/** A template that is ready for data: HTML with liquid in it. */
export interface CompiledTemplate {
  readonly language: MailLanguage
  readonly class: MailClass
  readonly topic: string | null
  readonly subject: readonly Template[]
  readonly html: readonly Template[]
  /** Whether values may be left out while it is filled in: no other part of it depends on how they stand in it. */
  readonly blankable: boolean
}

/**
 * MJML becomes HTML once, here, and liquid is filled in for each message: the other way around, what people are called would be
 * read as markup.
 *
 * @param toHtml what turns MJML into HTML. Default: MJML
 * @returns the HTML with liquid in it, to keep
 * @throws TemplateProblem for MJML or liquid that does not do, and for variables that the sample does not have
 */
export async function compileBody(source: TemplateSource, toHtml = mjmlToHtml): Promise<string> {
  const { language, class: kind, topic, sample } = source
  const document = mailDocument(source.body, language, kind === 'marketing' || Boolean(topic))
  const html = await toHtml(document)
  const compiled = parseTemplate(source, html)
  const missing = missingVariables([...compiled.subject, ...compiled.html], sample)
  if (missing.length > 0) {
    throw new TemplateProblem('sample', {
      en: `does not have ${missing.join(', ')}, which the template shows. Add an example of each.`,
      fr: `n’a pas ${missing.join(', ')}, que le modèle montre. Ajoutez un exemple de chaque.`,
    })
  }
  checkMarkup(html)
  return html
}

/** @param html what {@link compileBody} made of the body @throws TemplateProblem */
export function parseTemplate(source: Omit<TemplateSource, 'body' | 'sample'>, html: string): CompiledTemplate {
  return {
    language: source.language,
    class: source.class,
    topic: source.topic ?? null,
    subject: parse('subject', textEngine, source.subject),
    html: parse('body', htmlEngine, html),
    blankable: !/\{%-?\s*(?:capture|liquid)\b/.test(html),
  }
}

function parse(part: 'subject' | 'body', engine: typeof htmlEngine, text: string): Template[] {
  try {
    return engine.parse(text)
  } catch (error) {
    const { message } = error as Error
    if (message.includes('undefined filter: raw')) {
      throw new TemplateProblem(part, {
        en: 'has the filter "raw", which would let markup of others into the mail. Take it out.',
        fr: 'a le filtre « raw », qui laisserait entrer le balisage d’autrui dans le message. Retirez-le.',
      })
    }
    const why = message.split('\n')[0]
    throw new TemplateProblem(part, { en: `is no liquid: ${why}`, fr: `n’est pas du Liquid : ${why}` })
  }
}
