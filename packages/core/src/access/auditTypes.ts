import { csvDelimiter } from '../exports/delimiterType.ts'
import type { Builder } from '../schema/builder.ts'
import { searchIn } from '../schema/lists/filters.ts'
import { prismaList } from '../schema/lists/prismaList.ts'
import { workspaceNode } from '../schema/nodes.ts'
import type { Access } from './access.ts'

/** `auditEntries`: who did what, when, from where. */
export function auditTypes(builder: Builder, { auditExport: exports, auditMasks: masks }: Access): void {
  const ActorType = builder.enumType('ActorType', {
    description: 'On whose behalf something was done.',
    values: {
      USER: { value: 'user', description: 'A person.' },
      API_KEY: { value: 'apiKey', description: 'An integration, by its API key.' },
      SYSTEM: { value: 'system', description: 'A job, an event handler or anonymous traffic.' },
    } as const,
  })

  const AuditEntry = workspaceNode(builder, 'AuditEntry', {
    description: 'One line of the audit trail. Nobody can change or delete it.',
    authScopes: { permission: 'audit:read' },
    fields: (t) => ({
      at: t.expose('at', { type: 'DateTime', description: 'When.' }),
      actorType: t.field({
        type: ActorType,
        description: 'On whose behalf.',
        resolve: ({ actorType }) => actorType as 'user' | 'apiKey' | 'system',
      }),
      actorId: t.exposeString('actorId', {
        nullable: true,
        description: 'Who, as kept at the time; null for the system.',
      }),
      actorName: t.exposeString('actorName', { nullable: true, description: 'Their name at the time.' }),
      action: t.exposeString('action', { description: 'The mutation, such as "publishPage".' }),
      resourceType: t.exposeString('resourceType', {
        nullable: true,
        description: 'What kind of thing it changed: "Page".',
      }),
      resourceId: t.exposeString('resourceId', { nullable: true, description: 'Which one.' }),
      ipAddress: t.exposeString('ipAddress', { nullable: true, description: 'From which address.' }),
      userAgent: t.exposeString('userAgent', { nullable: true, description: 'By which browser or program.' }),
      before: t.field({
        type: 'JSON',
        nullable: true,
        description: 'The thing before, without its secrets; null when it was made.',
        resolve: ({ resourceType, before }, _args, { principal }) => masks.seenBy(principal, resourceType, before),
      }),
      after: t.field({
        type: 'JSON',
        nullable: true,
        description: 'The thing after, without its secrets; null when it was deleted.',
        resolve: ({ resourceType, after }, _args, { principal }) => masks.seenBy(principal, resourceType, after),
      }),
      traceId: t.exposeString('traceId', { nullable: true, description: 'The request, as logs and traces name it.' }),
    }),
  })

  const entries = prismaList(builder, AuditEntry, {
    filter: {
      search: searchIn('action', 'actorName', 'resourceType', 'resourceId', 'ipAddress'),
      at: 'dateTime',
      actorType: ActorType,
      actorId: 'text',
      actorName: 'text',
      action: 'text',
      resourceType: 'text',
      resourceId: 'text',
      ipAddress: 'text',
      traceId: 'text',
    },
    orderBy: ['at'],
  })
  builder.queryField('auditEntries', (t) =>
    entries.field(t, { description: 'The audit trail of the workspace.', authScopes: { permission: 'audit:read' } }),
  )

  const Link = builder.objectRef<{ url: string; expiresAt: Date; count: number }>('AuditEntriesExport').implement({
    description: 'A file that can be downloaded.',
    authScopes: { permission: 'audit:read' },
    fields: (t) => ({
      url: t.exposeString('url', {
        description: 'GET it in the same workspace, with the session or API key that asked for it.',
      }),
      expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'Until when the download can be begun.' }),
      count: t.exposeInt('count', { description: 'How many entries are in it.' }),
    }),
  })

  builder.mutationField('exportAuditEntries', (t) =>
    t.field({
      type: Link,
      description:
        'Gives the address of a CSV file (UTF-8) of the audit trail up to now, the oldest entry first, for 15 minutes. An apostrophe stands before what a spreadsheet would take for a formula.',
      authScopes: { permission: 'audit:read' },
      args: {
        filter: t.arg({ type: entries.filterType, description: 'Which entries, as the list takes it. Default: all.' }),
        delimiter: t.arg({ type: csvDelimiter(builder), description: 'Default: COMMA.' }),
      },
      resolve: async (_root, { filter, delimiter }, ctx) => {
        const link = await exports.link(ctx, entries.conditionsOf(filter, ctx), delimiter ?? ',')
        // Who takes the trail out of the house. Not the address.
        ctx.audit({
          resourceType: 'Workspace',
          resourceId: ctx.workspaceId,
          after: { auditEntriesExported: link.count, filter },
        })
        return link
      },
    }),
  )
}
