import {
  Badge,
  Button,
  chosenOf,
  DescriptionList,
  Drawer,
  daysOf,
  EmptyState,
  Link,
  List,
  mutate,
  Note,
  orderOf,
  PageFrame,
  plainId,
  TimeAgo,
  useFormat,
  useMessages,
  useMutation,
  usePage,
  useViewer,
} from '@espalier/admin-kit'
import { Download, Inbox, ShieldAlert, ShieldCheck, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { SubmissionsQuery } from '../graphql/graphql.ts'
import { graphql } from '../graphql/index.ts'
import { messages } from '../list/messages.ts'
import { pagePage, submissionsPage } from '../pages.ts'
import { submissionWords } from './submissionWords.ts'

const SubmissionsDocument = graphql(`
  query Submissions(
    $first: Int
    $after: String
    $last: Int
    $before: String
    $count: Boolean = false
    $filter: FormSubmissionFilter
    $orderBy: FormSubmissionOrder
  ) {
    formSubmissions(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
      totalCount @include(if: $count)
      pageInfo { hasNextPage endCursor startCursor }
      nodes { id form variantKey values status spamReason visitorId createdAt page { id title } }
    }
  }
`)

const SetStatus = graphql(`
  mutation SetSubmissionStatus($id: ID!, $status: FormSubmissionStatus!) {
    setFormSubmissionStatus(id: $id, status: $status) {
      ... on SetFormSubmissionStatusSuccess { data { id status spamReason } }
      ... on Error { code message }
    }
  }
`)

const Erase = graphql(`
  mutation EraseSubmissions($ids: [ID!]!) {
    deleteFormSubmissions(ids: $ids) {
      __typename
      ... on Error { code message }
      ... on InvalidInputError { issues { path message } }
    }
  }
`)

const Export = graphql(`
  mutation ExportSubmissions(
    $pageId: ID
    $status: FormSubmissionStatus
    $from: DateTime
    $until: DateTime
    $delimiter: CsvDelimiter
  ) {
    exportFormSubmissions(pageId: $pageId, status: $status, from: $from, until: $until, delimiter: $delimiter) {
      ... on ExportFormSubmissionsSuccess { data { url } }
      ... on Error { code message }
      ... on InvalidInputError { issues { path message } }
    }
  }
`)

type Submission = SubmissionsQuery['formSubmissions']['nodes'][number]

const statuses = ['RECEIVED', 'SPAM'] as const

/** What visitors sent with forms. Personal data: who may only look at pages never sees it. */
export default function SubmissionsList() {
  const { submissions: m } = useMessages(messages)
  const { may } = useViewer()
  const { locale } = useFormat()
  const mayWrite = may('submissions:write')
  const { search, setSearch } = usePage(submissionsPage)
  const [opened, setOpened] = useState<Submission>()
  const [exported, { busy, problem, forget }] = useMutation(Export)
  const [url, setUrl] = useState<string>()
  return (
    <PageFrame
      title={m.title}
      lead={m.lead}
      wide
      actions={
        <Button
          icon={Download}
          busy={busy}
          onPress={async () => {
            const status = chosenOf(search.filter?.status, statuses)?.[0]
            const days = daysOf(search.filter?.received)
            const { data } = await exported({
              status: status ?? null,
              from: days?.from ?? null,
              until: days?.until ?? null,
              // What spreadsheets of the language expect.
              delimiter: locale.startsWith('fr') ? 'SEMICOLON' : 'COMMA',
            })
            if (data) setUrl(data.url)
          }}
        >
          {m.export}
        </Button>
      }
    >
      {problem && (
        <Note tone="critical" announced actions={<Button onPress={forget}>{m.close}</Button>}>
          {problem.message}
        </Note>
      )}
      {url && (
        <Note tone="positive" announced>
          {m.exported}{' '}
          <a href={url} download>
            {m.download}
          </a>
        </Note>
      )}
      <List
        id="landing-pages.submissions"
        label={m.title}
        page={submissionsPage}
        document={SubmissionsDocument}
        connection={({ formSubmissions }) => formSubmissions}
        variables={({ q, sort, filter }) => {
          const status = chosenOf(filter.status, statuses)
          const received = daysOf(filter.received)
          const orderBy = orderOf(sort, ['CREATED_AT'])
          return {
            filter: {
              ...(q?.trim() ? { search: q.trim() } : {}),
              ...(status ? { status } : {}),
              ...(received ? { createdAt: received } : {}),
            },
            ...(orderBy ? { orderBy } : {}),
          }
        }}
        search={m.search}
        sort="-CREATED_AT"
        rowLabel={({ values }) => submissionWords(values)}
        onOpen={(row) => {
          setOpened(row)
          setSearch({ open: plainId(row.id) })
        }}
        columns={[
          { id: 'from', label: m.from, width: 300, cell: ({ values }) => submissionWords(values) },
          { id: 'page', label: m.page, width: 180, cell: ({ page }) => page.title },
          { id: 'form', label: m.form, width: 120, cell: ({ form }) => form },
          {
            id: 'status',
            label: m.status,
            width: 120,
            fixed: true,
            cell: ({ status }) => <Badge tone={status === 'SPAM' ? 'warning' : 'neutral'}>{m.statuses[status]}</Badge>,
          },
          {
            id: 'received',
            label: m.received,
            sort: 'CREATED_AT',
            sortFirst: 'down',
            width: 140,
            fixed: true,
            cell: ({ createdAt }) => <TimeAgo at={createdAt} />,
          },
        ]}
        filters={[
          {
            id: 'status',
            label: m.status,
            options: statuses.map((id) => ({ id, label: m.statuses[id] })),
            single: true,
          },
          { id: 'received', label: m.received, kind: 'date' },
        ]}
        bulk={[
          {
            id: 'spam',
            label: m.markSpam,
            icon: ShieldAlert,
            may: mayWrite,
            applies: ({ status }) => status !== 'SPAM',
            run: ({ id }) => mutate(SetStatus, { id, status: 'SPAM' }),
            undo: ({ id }) => mutate(SetStatus, { id, status: 'RECEIVED' }),
          },
          {
            id: 'good',
            label: m.markGood,
            icon: ShieldCheck,
            may: mayWrite,
            applies: ({ status }) => status === 'SPAM',
            run: ({ id }) => mutate(SetStatus, { id, status: 'RECEIVED' }),
            undo: ({ id }) => mutate(SetStatus, { id, status: 'SPAM' }),
          },
          {
            id: 'erase',
            label: m.delete,
            icon: Trash2,
            danger: true,
            may: mayWrite,
            confirm: { title: m.deleteTitle, body: m.deleteBody, action: m.delete, danger: true },
            run: ({ id }) => mutate(Erase, { ids: [id] }),
          },
        ]}
        empty={
          <EmptyState icon={Inbox} title={m.emptyTitle}>
            {m.emptyText}
          </EmptyState>
        }
      />
      <Drawer
        open={opened !== undefined && search.open !== undefined}
        onClose={() => setSearch({ open: undefined })}
        title={m.detail}
      >
        {opened && (
          <DescriptionList
            items={[
              ...Object.entries(opened.values as Record<string, unknown>).map(
                ([name, value]) => [name, String(value)] as const,
              ),
              [
                m.page,
                <Link key="page" to={pagePage} params={{ id: plainId(opened.page.id) }}>
                  {opened.page.title}
                </Link>,
              ],
              [m.variant, opened.variantKey],
              [m.received, <TimeAgo key="at" at={opened.createdAt} />],
              opened.visitorId ? [m.visitor, opened.visitorId] : undefined,
              opened.spamReason ? [m.reason, m.reasons[opened.spamReason]] : undefined,
            ]}
          />
        )}
      </Drawer>
    </PageFrame>
  )
}
