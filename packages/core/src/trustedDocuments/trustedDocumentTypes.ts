import { NotFoundError } from '../errors.ts'
import type { Builder } from '../schema/builder.ts'
import { filterBy, searchIn } from '../schema/lists/filters.ts'
import { prismaList } from '../schema/lists/prismaList.ts'
import { type Row, workspaceNode } from '../schema/nodes.ts'
import type { SchemaEnumRef } from '../schema/schemaEnum.ts'
import { mostAtOnce, type TrustedDocuments } from './trustedDocuments.ts'

const manage = { authScopes: { permission: 'trusted-documents:write' } } as const

/** `trustedDocuments`, and the mutations that register and remove them. */
export function trustedDocumentTypes(builder: Builder, Schema: SchemaEnumRef, documents: TrustedDocuments): void {
  const TrustedDocument = workspaceNode(builder, 'TrustedDocument', {
    description: 'A document that the workspace has registered. Clients send its hash instead of its text.',
    ...manage,
    fields: (t) => ({
      schema: t.field({
        type: Schema,
        description: 'The schema that it is for.',
        resolve: ({ schema }) => schema as 'admin',
      }),
      hash: t.exposeString('hash', {
        description: 'SHA-256 of its text, in hex. Clients send it as `documentId: "sha256:<hash>"`.',
      }),
      name: t.exposeString('name', {
        description: 'Names of its operations, joined by commas; empty where they have none.',
      }),
      text: t.exposeString('text', { description: 'The document.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was registered.' }),
      problems: t.stringList({
        description: 'Why the schema of this version refuses it; empty where it takes it.',
        resolve: ({ schema, text }) => [...documents.problemsOf(schema as 'admin', text)],
      }),
    }),
  })

  const list = prismaList(builder, TrustedDocument, {
    filter: {
      schema: Schema,
      search: searchIn('name', 'hash'),
      hash: filterBy('String', 'By its hash, with or without "sha256:".', (hash) => ({
        hash: hash.replace(/^sha256:/, ''),
      })),
    },
    orderBy: ['id', 'name'],
  })
  builder.queryField('trustedDocuments', (t) =>
    list.field(t, { description: 'Documents that the workspace has registered, the latest first.', ...manage }),
  )

  const NewDocument = builder.inputType('NewTrustedDocument', {
    description: 'A document to register.',
    fields: (t) => ({
      text: t.string({
        required: true,
        description: 'The document: at most 3,000 tokens, with at least one operation.',
      }),
      hash: t.string({ description: 'Its SHA-256 in hex, as the client will send it: checked where given.' }),
    }),
  })
  const RegisterInput = builder.inputType('RegisterTrustedDocumentsInput', {
    description: 'Documents to register, all or none of them.',
    fields: (t) => ({
      schema: t.field({
        type: Schema,
        defaultValue: 'public',
        required: true,
        description: 'The schema that they are for.',
      }),
      documents: t.field({
        type: [NewDocument],
        required: true,
        description: `The documents, 1 to ${mostAtOnce}. What is registered already stays as it is.`,
      }),
    }),
  })
  interface Registered {
    readonly documents: readonly Row<'TrustedDocument'>[]
    readonly added: number
  }
  const Registration = builder.objectRef<Registered>('TrustedDocumentRegistration').implement({
    description: 'Documents that are registered now.',
    ...manage,
    fields: (t) => ({
      added: t.exposeInt('added', { description: 'How many of them are new.' }),
      documents: t.field({
        type: [TrustedDocument],
        description: 'All of them, in the order in which they were given.',
        extensions: { boundedList: `As many as were given, at most ${mostAtOnce}.` },
        resolve: (registered) => [...registered.documents],
      }),
    }),
  })

  builder.mutationField('registerTrustedDocuments', (t) =>
    t.field({
      type: Registration,
      description: 'Registers documents, so that clients may name them by their hash and keys may be held to them.',
      ...manage,
      args: { input: t.arg({ type: RegisterInput, required: true, description: 'The documents.' }) },
      resolve: async (_root, { input }, ctx) => {
        const { ids, added } = await documents.register(ctx, input.schema, input.documents)
        for (const { id, hash, name } of added)
          ctx.audit({ resourceType: 'TrustedDocument', resourceId: id, after: { schema: input.schema, hash, name } })
        const rows = await ctx.db.prisma.trustedDocument.findMany({ where: { id: { in: ids } } })
        const byId = new Map(rows.map((row) => [row.id, row]))
        return { added: added.length, documents: ids.flatMap((id) => byId.get(id) ?? []) }
      },
    }),
  )

  builder.mutationField('removeTrustedDocument', (t) =>
    t.field({
      type: TrustedDocument,
      description: 'Removes a document. Clients that send its hash are refused within seconds.',
      ...manage,
      args: { id: t.arg.globalID({ for: TrustedDocument, required: true, description: 'The document.' }) },
      resolve: async (_root, { id }, ctx) => {
        const found = await ctx.db.prisma.trustedDocument.findFirst({ where: { id: id.id } })
        if (!found) throw new NotFoundError('trusted document', id.id)
        await ctx.db.prisma.trustedDocument.deleteMany({ where: { id: id.id } })
        ctx.afterCommit(() => documents.forget(ctx.workspaceId, found.schema, found.hash))
        const { schema, hash, name } = found
        ctx.audit({ resourceType: 'TrustedDocument', resourceId: id.id, before: { schema, hash, name } })
        return found
      },
    }),
  )
}
