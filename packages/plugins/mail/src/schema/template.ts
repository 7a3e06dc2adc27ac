import {
  type Builder,
  both,
  type InputIssue,
  InvalidInputError,
  prismaList,
  searchIn,
  sql,
  told,
  type WorkspaceNodeRef,
  workspaceNode,
} from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import type { MailLanguage, MailTemplateDefinition } from '../mailer.ts'
import type { MailService } from '../mailService.ts'
import { broughtText, languages } from '../templates/catalog.ts'
import type { TemplatePreview } from '../templates/storedTemplates.ts'
import type { MailEnums } from './enums.ts'

const read = { permission: 'mail:read' } as const
const write = { permission: 'mail:write' } as const

/** Templates: those that plugins bring, and those of the workspace. */
export function templateTypes(
  builder: Builder,
  mail: MailService,
  { MailClass, MailLanguage }: MailEnums,
  Message: WorkspaceNodeRef<'MailMessage'>,
): void {
  const Template = workspaceNode(builder, 'MailTemplate', {
    description: 'A template of the workspace. It stands before the one of the same name that a plugin brings.',
    authScopes: read,
    subGraphs: both,
    fields: (t) => ({
      name: t.exposeString('name', { description: 'What it is sent by: "operations.daily-report".' }),
      language: t.field({
        type: MailLanguage,
        description: 'The language that it is in.',
        resolve: ({ language }) => language as MailLanguage,
      }),
      version: t.exposeInt('version', { description: 'How often it was saved.' }),
      class: t.field({
        type: MailClass,
        description: 'What kind of mail it makes. Where a plugin brings the template, the plugin says.',
        resolve: (row) => mail.templates.definition(row.name)?.class ?? row.class,
      }),
      topic: t.string({
        nullable: true,
        description: 'What its receivers can unsubscribe from.',
        resolve: (row) => (mail.templates.definition(row.name) ?? row).topic ?? null,
      }),
      subject: t.exposeString('subject', { description: 'Liquid.' }),
      body: t.exposeString('body', { description: 'MJML with liquid in it.' }),
      sample: t.expose('sample', { type: 'JSON', description: 'An example of each variable.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
      updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last saved.' }),
    }),
  })

  const templates = prismaList(builder, Template, {
    filter: { search: searchIn('name', 'subject'), name: 'text', updatedAt: 'dateTime' },
    orderBy: ['updatedAt', 'name'],
    defaultOrder: { field: 'name', direction: 'asc' },
  })
  builder.queryField('mailTemplates', (t) =>
    templates.field(t, {
      description: 'Templates that the workspace has written itself.',
      authScopes: read,
      subGraphs: both,
    }),
  )

  const Definition = definitionType(builder, MailClass)
  builder.queryField('mailTemplateDefinitions', (t) =>
    t.field({
      type: [Definition],
      description: 'Templates that plugins bring.',
      extensions: { boundedList: 'as many as the plugins bring' },
      authScopes: read,
      subGraphs: both,
      resolve: () => [...mail.templates.definitions],
    }),
  )

  const Preview = previewType(builder)
  builder.queryField('mailTemplatePreview', (t) =>
    t.field({
      type: Preview,
      description:
        'A template filled in. What is given stands in the place of what is stored, so that it can be seen before it is saved.',
      complexity: 20,
      authScopes: read,
      subGraphs: both,
      args: {
        name: t.arg.string({ required: true, description: 'Its name. Example: `operations.daily-report`.' }),
        language: t.arg({ type: MailLanguage, required: true, description: 'Its language.' }),
        subject: t.arg.string({ description: 'Liquid. Example: `Welcome, {{ name }}`.' }),
        body: t.arg.string({ description: 'MJML with liquid in it. Example: `<mj-text>Hello {{ name }}</mj-text>`.' }),
        sample: t.arg({
          type: 'JSON',
          description: 'Data to fill it in with. Default: its sample. Example: `{ "name": "Ada" }`.',
        }),
      },
      resolve: async (_root, { name, language, subject, body, sample }, ctx) => {
        try {
          const given = { name, language, ...(subject != null && { subject }), ...(body != null && { body }), sample }
          return { ...(await mail.previewTemplate(ctx, given)), problems: [] }
        } catch (error) {
          if (!(error instanceof InvalidInputError)) throw error
          return {
            subject: '',
            html: '',
            text: '',
            problems: error.issues.map((issue) => placed(issue, ctx.request.locale)),
          }
        }
      },
    }),
  )

  const SaveInput = builder.inputType('SaveMailTemplateInput', {
    description: 'A template of the workspace, whole.',
    subGraphs: both,
    fields: (t) => ({
      name: t.string({
        required: true,
        description: 'That of a plugin’s template, to stand before it, or a new one: "news.welcome".',
      }),
      language: t.field({ type: MailLanguage, required: true, description: 'Its language.' }),
      subject: t.string({ required: true, description: 'Liquid. Example: `Welcome, {{ name }}`.' }),
      body: t.string({
        required: true,
        description:
          'MJML with liquid in it: a document, or what stands in the body of one. Example: `<mj-text>Hello {{ name }}</mj-text>`.',
      }),
      sample: t.field({
        type: 'JSON',
        required: true,
        description: 'An example of each variable. Example: `{ "name": "Ada" }`.',
      }),
      class: t.field({
        type: MailClass,
        description: 'Default: transactional. Where a plugin brings the template, the plugin says.',
      }),
      topic: t.string({ description: 'What its receivers can unsubscribe from, such as "news".' }),
      version: t.int({
        description: 'The version that was changed; 0 for a new one. Refused where somebody has saved since.',
      }),
    }),
  })
  builder.mutationField('saveMailTemplate', (t) =>
    t.field({
      type: Template,
      description:
        'Saves a template of the workspace. Refused: what is no MJML or liquid, and variables that the sample does not have.',
      authScopes: write,
      subGraphs: both,
      args: { input: t.arg({ type: SaveInput, required: true, description: 'The template.' }) },
      resolve: async (_root, { input }, ctx) => {
        const id = await mail.stored.save(ctx, { ...input, sample: input.sample as unknown })
        return ctx.db.prisma.mailTemplate.findFirstOrThrow({ where: { id } })
      },
    }),
  )

  const Gone = builder.objectRef<{ id: string }>('DeletedMailTemplate').implement({
    description: 'A template that was deleted.',
    authScopes: read,
    subGraphs: both,
    fields: (t) => ({
      id: t.globalID({ description: 'Its id.', resolve: ({ id }) => ({ type: 'MailTemplate', id }) }),
    }),
  })
  builder.mutationField('deleteMailTemplate', (t) =>
    t.field({
      type: Gone,
      description: 'Deletes a template of the workspace. Where a plugin brings one of its name, that counts again.',
      authScopes: write,
      subGraphs: both,
      args: { id: t.arg.globalID({ for: Template, required: true, description: 'The template.' }) },
      resolve: async (_root, { id }, ctx) => {
        await mail.stored.delete(ctx, id.id)
        return { id: id.id }
      },
    }),
  )

  builder.mutationField('sendTestMail', (t) =>
    t.field({
      type: Message,
      description: 'Sends a template with its sample to whoever asks, the way mail leaves now.',
      authScopes: write,
      args: {
        template: t.arg.string({ required: true, description: 'Its name.' }),
        language: t.arg({ type: MailLanguage, required: true, description: 'Its language.' }),
      },
      resolve: async (_root, { template, language }, ctx) => {
        if (ctx.principal?.type !== 'user') {
          throw InvalidInputError.of('template', 'NOBODY', {
            en: 'A test goes to the person who asks, and an API key is none.',
            fr: 'Un test va à la personne qui le demande, et une clé d’API n’en est pas une.',
          })
        }
        const [person] = await ctx.db.query<{ email: string; name: string }>(
          sql`select "email", "name" from "User" where "id" = ${ctx.principal.id}`,
        )
        if (!person)
          throw InvalidInputError.of('template', 'NOBODY', {
            en: 'Your address is not known.',
            fr: 'Votre adresse n’est pas connue.',
          })
        const id = await mail.send(ctx, {
          to: { address: person.email, name: person.name },
          template,
          language,
          data: await mail.stored.sample(ctx, template, language),
          idempotencyKey: `test/${uuidv7()}`,
        })
        ctx.audit({ resourceType: 'MailMessage', resourceId: id, after: { template, language, test: true } })
        return ctx.db.prisma.mailMessage.findFirstOrThrow({ where: { id } })
      },
    }),
  )
}

/** "body: is no MJML …" */
function placed({ path, message }: InputIssue, locale: string): string {
  const part = path.replace(/^input\./, '')
  const sentence = told(locale, message)
  return part === '' ? sentence : `${part}: ${sentence}`
}

function previewType(builder: Builder) {
  return builder
    .objectRef<TemplatePreview & { readonly problems: readonly string[] }>('MailTemplatePreview')
    .implement({
      description: 'A template that was filled in, or what is wrong with it.',
      authScopes: read,
      subGraphs: both,
      fields: (t) => ({
        subject: t.exposeString('subject', { description: 'The subject.' }),
        html: t.exposeString('html', {
          description: 'The HTML. Show it in a frame without scripts and without our origin.',
        }),
        text: t.exposeString('text', { description: 'The same for programs that show no HTML.' }),
        problems: t.stringList({
          description: 'What is wrong with it; then the rest is empty.',
          extensions: { boundedList: 'as many as there are fields' },
          resolve: ({ problems }) => [...problems],
        }),
      }),
    })
}

function definitionType(builder: Builder, MailClass: MailEnums['MailClass']) {
  const Text = builder
    .objectRef<{ language: MailLanguage; subject: string; body: string; sample: unknown }>('MailTemplateText')
    .implement({
      description: 'What a plugin’s template says in a language.',
      authScopes: read,
      subGraphs: both,
      fields: (t) => ({
        language: t.exposeString('language', { description: '"en" or "fr".' }),
        subject: t.exposeString('subject', { description: 'Liquid.' }),
        body: t.exposeString('body', { description: 'MJML with liquid in it.' }),
        sample: t.expose('sample', { type: 'JSON', description: 'An example of each variable.' }),
      }),
    })
  return builder.objectRef<MailTemplateDefinition>('MailTemplateDefinition').implement({
    description: 'A template that a plugin brings.',
    authScopes: read,
    subGraphs: both,
    fields: (t) => ({
      name: t.exposeString('name', { description: 'What it is sent by.' }),
      description: t.string({
        description: 'What it is for, in the language of whoever asks.',
        resolve: ({ description }, _args, ctx) => told(ctx.request.locale, description),
      }),
      class: t.field({ type: MailClass, description: 'What kind of mail it makes.', resolve: (one) => one.class }),
      topic: t.string({
        nullable: true,
        description: 'What its receivers can unsubscribe from.',
        resolve: ({ topic }) => topic ?? null,
      }),
      texts: t.field({
        type: [Text],
        description: 'What it says in each language.',
        extensions: { boundedList: 'one for each of two languages' },
        resolve: (one) => languages.map((language) => ({ language, ...broughtText(one, language) })),
      }),
      sample: t.field({
        type: 'JSON',
        description: 'An example of each variable, in the language of whoever asks.',
        resolve: ({ sample }, _args, ctx) => sample[ctx.request.locale === 'fr' ? 'fr' : 'en'],
      }),
    }),
  })
}
