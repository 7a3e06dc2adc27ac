import { InvalidInputError, NotFoundError, type SqlContext, StartError, sql } from '@espalier/core'
import { LRUCache } from 'lru-cache'
import type { MailClass, MailLanguage, MailTemplateDefinition } from '../mailer.ts'
import { type CompiledTemplate, compileBody, parseTemplate } from './compile.ts'
import type { KeptHtml } from './keptHtml.ts'
import { TemplateProblem } from './templateProblem.ts'

/** The templates that plugins bring, and those that a workspace puts before them. */
export class TemplateCatalog {
  readonly #definitions = new Map<string, MailTemplateDefinition>()
  readonly #compiled = new Map<string, Promise<CompiledTemplate>>()
  readonly #workspaces = new LRUCache<string, CompiledTemplate>({ max: 200 })
  readonly #kept: KeptHtml

  constructor(kept: KeptHtml) {
    this.#kept = kept
  }

  /** @throws StartError for a name that is taken or is none */
  define(definition: MailTemplateDefinition): void {
    const { name } = definition
    if (!templateName.test(name)) {
      throw new StartError(
        'MAIL_TEMPLATE_NAME',
        `A mail template is named "${name}". Name it by its plugin and what it is: "operations.daily-report".`,
      )
    }
    if (this.#definitions.has(name)) {
      throw new StartError('MAIL_TEMPLATE_DUPLICATED', `Two mail templates are named "${name}". Rename one.`)
    }
    this.#definitions.set(name, definition)
  }

  get definitions(): readonly MailTemplateDefinition[] {
    return [...this.#definitions.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  definition(name: string): MailTemplateDefinition | undefined {
    return this.#definitions.get(name)
  }

  /** Compiles what plugins brought, so that a template that does not do stops the start. @throws StartError */
  async compileAll(): Promise<void> {
    for (const definition of this.#definitions.values()) {
      for (const language of languages) await this.#fromPlugin(definition, language)
    }
    await this.#kept.keep()
  }

  /**
   * The template to write with: the workspace's own, else the plugin's; where the workspace has its own in the other language
   * only and no plugin brings it, that one.
   *
   * @throws NotFoundError
   */
  async find(context: SqlContext, name: string, language: MailLanguage): Promise<CompiledTemplate> {
    const definition = this.#definitions.get(name)
    const own = await storedTemplate(context, name, language, definition !== undefined)
    if (own) return this.#fromWorkspace(own, definition)
    if (!definition) throw new NotFoundError('MailTemplate', name)
    return this.#fromPlugin(definition, language)
  }

  #fromPlugin(definition: MailTemplateDefinition, language: MailLanguage): Promise<CompiledTemplate> {
    const key = `${definition.name} ${language}`
    let compiled = this.#compiled.get(key)
    if (!compiled) {
      const source = { ...definition, language, ...broughtText(definition, language) }
      compiled = compileBody(source, (document) => this.#kept.of(document)).then(
        (html) => parseTemplate(source, html),
        startError(definition.name, language),
      )
      this.#compiled.set(key, compiled)
    }
    return compiled
  }

  #fromWorkspace(own: StoredTemplate, definition: MailTemplateDefinition | undefined): CompiledTemplate {
    const key = `${own.id} ${own.version}`
    const known = this.#workspaces.get(key)
    if (known) return known
    const { class: kind, topic } = definition ?? own
    const compiled = parseTemplate({ ...own, class: kind, topic: topic ?? null }, own.compiled)
    this.#workspaces.set(key, compiled)
    return compiled
  }
}

/** What a plugin's template says in a language. */
export function broughtText({ subject, body, sample }: MailTemplateDefinition, language: MailLanguage) {
  return { subject: subject[language], body: body[language], sample: sample[language] }
}

export const languages: readonly MailLanguage[] = ['en', 'fr']

export const templateName = /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+$/

interface StoredTemplate {
  readonly id: string
  readonly version: number
  readonly language: MailLanguage
  readonly class: MailClass
  readonly topic: string | null
  readonly subject: string
  readonly compiled: string
}

async function storedTemplate(
  context: SqlContext,
  name: string,
  language: MailLanguage,
  exactly: boolean,
): Promise<StoredTemplate | undefined> {
  const [own] = await context.db.query<StoredTemplate>(sql`
    select "id", "version", "language", "class"::text, "topic", "subject", "compiled" from "MailTemplate"
    where "name" = ${name} and ("language" = ${language} or not ${exactly}::boolean)
    order by "language" = ${language} desc limit 1`)
  return own
}

function startError(name: string, language: MailLanguage) {
  return (error: unknown): never => {
    if (!(error instanceof TemplateProblem)) throw error
    throw new StartError(
      'MAIL_TEMPLATE_INVALID',
      `The mail template "${name}" (${language}) does not do: its ${error.part} ${error.message}`,
    )
  }
}

/** The same problem, for whoever saves a template. */
export function templateInputError(error: unknown): Error {
  if (!(error instanceof TemplateProblem)) return error as Error
  return InvalidInputError.of(`input.${error.part}`, 'TEMPLATE', error.told)
}
