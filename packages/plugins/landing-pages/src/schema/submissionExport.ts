import { type Builder, both, csvDelimiter, type WorkspaceNodeRef } from '@espalier/core'
import type { ExportLink, SubmissionExport } from '../forms/submissionExport.ts'
import type { submissionStatus } from './submission.ts'

const read = { permission: 'submissions:read' } as const

export function submissionExportTypes(
  builder: Builder,
  Page: WorkspaceNodeRef<'Page'>,
  Status: ReturnType<typeof submissionStatus>,
  exports: SubmissionExport,
): void {
  const Delimiter = csvDelimiter(builder)

  const Link = builder.objectRef<ExportLink>('FormSubmissionsExport').implement({
    description: 'A file that can be downloaded.',
    authScopes: read,
    subGraphs: both,
    fields: (t) => ({
      url: t.exposeString('url', {
        description:
          'GET it in the same workspace, with the session or API key that asked for it: nobody else gets the file.',
      }),
      expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'Until when the download can be begun.' }),
      count: t.exposeInt('count', { description: 'How many submissions are in it.' }),
    }),
  })

  builder.mutationField('exportFormSubmissions', (t) =>
    t.field({
      type: Link,
      description:
        'Gives the address of a CSV file (UTF-8) of what visitors sent with forms up to now, the oldest first, for 15 minutes. An apostrophe stands before what a spreadsheet would take for a formula.',
      authScopes: read,
      subGraphs: both,
      args: {
        pageId: t.arg.globalID({ for: Page, description: 'Of this page alone.' }),
        from: t.arg({ type: 'DateTime', description: 'Sent at this instant or later.' }),
        until: t.arg({ type: 'DateTime', description: 'Sent before this instant.' }),
        status: t.arg({ type: Status, description: 'Default: both, spam too.' }),
        delimiter: t.arg({ type: Delimiter, description: 'Default: COMMA.' }),
      },
      resolve: async (_root, { pageId, from, until, status, delimiter }, ctx) => {
        const link = await exports.link(ctx, {
          pageId: pageId?.id,
          from: from ?? undefined,
          until: until ?? undefined,
          status: status ?? undefined,
          delimiter: delimiter ?? ',',
        })
        // Who takes personal data out of the house, and which. Not the address.
        ctx.audit({
          resourceType: pageId ? 'Page' : 'Workspace',
          resourceId: pageId?.id ?? ctx.workspaceId,
          after: { submissionsExported: link.count, from, until, status },
        })
        return link
      },
    }),
  )
}
