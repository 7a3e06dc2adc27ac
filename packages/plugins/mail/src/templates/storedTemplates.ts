import {
  checkInput,
  InvalidInputError,
  NotFoundError,
  refuseSavedMeanwhile,
  type SqlContext,
  said,
  sql,
} from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import type { MailClass, MailLanguage } from '../mailer.ts'
import { broughtText, languages, type TemplateCatalog, templateInputError, templateName } from './catalog.ts'
import { compileBody, parseTemplate, type TemplateSource } from './compile.ts'
import { type MailVariables, type RenderedMail, renderTemplate, textOf } from './render.ts'

export interface TemplateInput {
  readonly name: string
  readonly language: MailLanguage
  readonly subject: string
  readonly body: string
  readonly sample: unknown
  /** Where no plugin brings the template. Default: transactional. */
  readonly class?: MailClass | null | undefined
  readonly topic?: string | null | undefined
  /** The version that was changed; refused when somebody else has saved since. */
  readonly version?: number | null | undefined
}

export interface TemplatePreview extends RenderedMail {
  readonly text: string
}

/** What a workspace writes itself. */
export class StoredTemplates {
  readonly #catalog: TemplateCatalog

  constructor(catalog: TemplateCatalog) {
    this.#catalog = catalog
  }

  /** @returns its id @throws InvalidInputError for what does not compile, and for variables without a sample; ConflictError */
  async save(context: SqlContext, input: TemplateInput): Promise<string> {
    const read = checkInput(templateInput, input as z.input<typeof templateInput>)
    const source = this.#source(read)
    const compiled = await this.#compile(source)
    return context.sqlTransaction(async (tx) => {
      const [before] = await tx.db.query<{ id: string; version: number; subject: string; body: string }>(sql`
        select "id", "version", "subject", "body" from "MailTemplate"
        where "name" = ${read.name} and "language" = ${read.language} for update`)
      await refuseSavedMeanwhile(
        tx,
        {
          what: `template "${read.name}" (${read.language})`,
          resourceType: 'MailTemplate',
          resourceId: before?.id ?? '',
          version: before?.version ?? 0,
        },
        read.version,
      )
      const now = tx.clock.now()
      const [row] = await tx.db.query<{ id: string; version: number }>(sql`
        insert into "MailTemplate"
          ("id", "name", "language", "class", "topic", "subject", "body", "compiled", "sample", "createdAt", "updatedAt")
        values (${uuidv7()}, ${read.name}, ${read.language}, ${source.class}::"MailClass", ${source.topic ?? null}, ${read.subject},
          ${read.body}, ${compiled}, ${JSON.stringify(read.sample)}::jsonb, ${now}, ${now})
        on conflict ("workspaceId", "name", "language") do update set "version" = "MailTemplate"."version" + 1,
          "class" = excluded."class", "topic" = excluded."topic", "subject" = excluded."subject", "body" = excluded."body",
          "compiled" = excluded."compiled", "sample" = excluded."sample", "updatedAt" = excluded."updatedAt"
        returning "id", "version"`)
      const { id, version } = row as { id: string; version: number }
      tx.audit({
        resourceType: 'MailTemplate',
        resourceId: id,
        ...(before && { before: { subject: before.subject, body: before.body, version: before.version } }),
        after: { name: read.name, language: read.language, subject: read.subject, body: read.body, version },
      })
      return id
    })
  }

  /** The plugin's counts again, where one brings it. @throws NotFoundError */
  async delete(context: SqlContext, id: string): Promise<void> {
    await context.sqlTransaction(async (tx) => {
      const [before] = await tx.db.query(sql`
        delete from "MailTemplate" where "id" = ${id} returning "name", "language", "subject", "body", "version"`)
      if (!before) throw new NotFoundError('MailTemplate', id)
      tx.audit({ resourceType: 'MailTemplate', resourceId: id, before })
    })
  }

  /**
   * A template filled in with its sample, or with other data; what is given stands in the place of what is stored.
   *
   * @throws InvalidInputError for what does not compile; NotFoundError for a template that is not there and not given whole
   */
  async preview(
    context: SqlContext,
    input: Partial<TemplateInput> & Pick<TemplateInput, 'name' | 'language'>,
    mail: MailVariables,
  ): Promise<TemplatePreview> {
    const known = await this.#stored(context, input.name, input.language)
    const subject = input.subject ?? known?.subject
    const body = input.body ?? known?.body
    if (subject === undefined || body === undefined) throw new NotFoundError('MailTemplate', input.name)
    const given = { ...input, subject, body, sample: input.sample ?? known?.sample ?? {} }
    const source = this.#source({ ...checkInput(templateInput, given as z.input<typeof templateInput>) })
    const html = await this.#compile(source)
    const rendered = renderTemplate(parseTemplate(source, html), source.sample, mail)
    return { ...rendered, text: textOf(rendered.html) }
  }

  /** The sample of a template as it counts in the workspace. @throws NotFoundError */
  async sample(context: SqlContext, name: string, language: MailLanguage): Promise<Record<string, unknown>> {
    const known = await this.#stored(context, name, language)
    if (!known) throw new NotFoundError('MailTemplate', name)
    return known.sample
  }

  async #stored(context: SqlContext, name: string, language: MailLanguage) {
    const [own] = await context.db.query<{ subject: string; body: string; sample: Record<string, unknown> }>(sql`
      select "subject", "body", "sample" from "MailTemplate" where "name" = ${name} and "language" = ${language}`)
    if (own) return own
    const definition = this.#catalog.definition(name)
    return definition && broughtText(definition, language)
  }

  #source(read: z.output<typeof templateInput>): TemplateSource {
    const definition = this.#catalog.definition(read.name)
    // What people can unsubscribe from is the plugin's to say: it is what its settings and pages speak of.
    const { class: kind, topic } = definition ?? { class: read.class ?? 'transactional', topic: read.topic ?? null }
    return { ...read, class: kind, topic: topic ?? null, sample: read.sample }
  }

  async #compile(source: TemplateSource): Promise<string> {
    try {
      const html = await compileBody(source)
      // The sample goes through as a message would: what only shows then shows now.
      renderTemplate(parseTemplate(source, html), source.sample, {
        unsubscribeUrl: 'https://example.com/',
        postalAddress: '',
      })
      return html
    } catch (error) {
      if (error instanceof InvalidInputError) {
        throw new InvalidInputError(
          error.issues.map((issue) => ({ ...issue, path: issue.path.replace(/^input\.data/, 'input.sample') })),
        )
      }
      throw templateInputError(error)
    }
  }
}

/** Characters of MJML. Gmail clips mails above 102 kB of HTML. */
const maxBody = 200_000

const templateInput = z.object({
  name: z.string().refine(
    (name) => name.length <= 200 && templateName.test(name),
    said({
      en: 'is no name of a template, such as "news.welcome": words of lower-case letters, digits and hyphens, joined by dots',
      fr: 'n’est pas un nom de modèle, tel que « news.welcome » : des mots en minuscules, chiffres et tirets, joints par des points',
    }),
  ),
  language: z.enum(languages),
  subject: z
    .string()
    .refine(
      (text) => text.trim() !== '' && text.length <= 1_000,
      said({ en: 'is empty, or has more than 1,000 characters', fr: 'est vide, ou dépasse 1 000 caractères' }),
    ),
  body: z
    .string()
    .refine(
      (text) => text.trim() !== '' && text.length <= maxBody,
      said({
        en: `is empty, or has more than ${maxBody.toLocaleString('en')} characters`,
        fr: `est vide, ou dépasse ${maxBody.toLocaleString('en')} caractères`,
      }),
    )
    .refine(
      (text) => text.isWellFormed() && !text.includes('\0'),
      said({
        en: 'has a NUL character or half of a surrogate pair',
        fr: 'contient un caractère NUL ou une moitié de paire de substitution',
      }),
    ),
  sample: z.record(
    z.string(),
    z.unknown(),
    said({
      en: 'is no object with an example of each variable',
      fr: 'n’est pas un objet avec un exemple de chaque variable',
    }),
  ),
  class: z.enum(['transactional', 'marketing']).nullish(),
  topic: z
    .string()
    .regex(
      /^[a-z][a-z0-9-]{0,49}$/,
      said({
        en: 'is no topic, such as "reports": lower-case letters, digits and hyphens',
        fr: 'n’est pas un sujet, tel que « reports » : minuscules, chiffres et tirets',
      }),
    )
    .nullish(),
  version: z.int().nullish(),
})
