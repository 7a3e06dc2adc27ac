import {
  type Builder,
  both,
  InvalidInputError,
  prismaList,
  searchIn,
  type WorkspaceNodeRef,
  wordEnum,
  workspaceNode,
} from '@espalier/core'
import type { Pages } from '../pages.ts'
import { submissionExportTypes } from './submissionExport.ts'

const read = { permission: 'submissions:read' } as const
const write = { permission: 'submissions:write' } as const

export function submissionTypes(builder: Builder, Page: WorkspaceNodeRef<'Page'>, pages: Pages): void {
  const Status = submissionStatus(builder)

  const Reason = wordEnum(builder, 'SpamReason', 'Why a submission is held for spam.', {
    trap: 'A field was filled in that people do not see.',
    tooFast: 'It came within two seconds.',
    bot: 'Its sender says that it is a program.',
    repeated: 'More than five came from one view of the page.',
    marked: 'Somebody here said so.',
  })

  const Submission = workspaceNode(builder, 'FormSubmission', {
    description: 'What somebody sent with a form of a page. Personal data.',
    authScopes: read,
    subGraphs: both,
    fields: (t) => ({
      form: t.exposeString('form', { description: 'The form, by the `props.id` of its block.' }),
      variantKey: t.exposeString('variantKey', { description: 'The variant of the page that held it.' }),
      values: t.expose('values', { type: 'JSON', description: 'Name of the field → what was sent.' }),
      status: t.field({ type: Status, description: 'What became of it.', resolve: ({ status }) => status }),
      spamReason: t.field({
        type: Reason,
        nullable: true,
        description: 'Why it is held for spam.',
        resolve: ({ spamReason }) => spamReason,
      }),
      visitorId: t.exposeString('visitorId', {
        nullable: true,
        description: 'As in the events of tracking. Null where nobody is to be tracked.',
      }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it came.' }),
      page: t.relation('page', { description: 'The page.' }),
    }),
  })

  const list = prismaList(builder, Submission, {
    filter: {
      search: searchIn('searchText', 'page.title', 'form'),
      pageId: 'id',
      form: 'text',
      status: Status,
      variantKey: 'text',
      createdAt: 'dateTime',
    },
    orderBy: ['createdAt'],
  })

  builder.queryField('formSubmissions', (t) =>
    list.field(t, {
      description: 'What visitors sent with forms, the newest first.',
      authScopes: read,
      subGraphs: both,
    }),
  )

  builder.mutationField('setFormSubmissionStatus', (t) =>
    t.field({
      type: Submission,
      description:
        'Says that a submission is spam, or that it is none. What turns out to be none is told to whoever handles submissions.',
      authScopes: write,
      subGraphs: both,
      args: {
        id: t.arg.globalID({ for: Submission, required: true, description: 'The submission.' }),
        status: t.arg({ type: Status, required: true, description: 'What it is.' }),
      },
      resolve: (_root, { id, status }, ctx) => pages.submissions.setStatus(ctx, id.id, status),
    }),
  )

  const Deleted = builder.objectRef<{ count: number }>('DeletedFormSubmissions').implement({
    description: 'What was erased.',
    authScopes: write,
    subGraphs: both,
    fields: (t) => ({ count: t.exposeInt('count', { description: 'How many there were.' }) }),
  })

  builder.mutationField('deleteFormSubmissions', (t) =>
    t.field({
      type: Deleted,
      description: 'Erases submissions for good. Ids that are not there (any more) are passed over.',
      authScopes: write,
      subGraphs: both,
      args: {
        ids: t.arg.globalIDList({ for: Submission, required: true, description: 'At most 100.' }),
      },
      resolve: async (_root, { ids }, ctx) => {
        if (ids.length > 100)
          throw InvalidInputError.of('ids', 'TOO_LONG', {
            en: `${ids.length} are more than 100 at a time.`,
            fr: `${ids.length} dépasse 100 à la fois.`,
          })
        return {
          count: await pages.submissions.delete(
            ctx,
            ids.map(({ id }) => id),
          ),
        }
      },
    }),
  )

  submissionExportTypes(builder, Page, Status, pages.submissionExport)
}

export function submissionStatus(builder: Builder) {
  return wordEnum(builder, 'FormSubmissionStatus', 'What became of what somebody sent.', {
    received: 'Taken, and told to whoever handles it.',
    spam: 'Kept apart: it looks as if no person had sent it.',
  })
}
