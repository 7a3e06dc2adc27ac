import {
  Badge,
  ButtonLink,
  chosenOf,
  daysOf,
  EmptyState,
  List,
  mutate,
  orderOf,
  PageFrame,
  plainId,
  TimeAgo,
  target,
  useFormat,
  useMessages,
  useViewer,
} from '@espalier/admin-kit'
import { Archive, ArchiveRestore, FileText, Plus, Rocket } from 'lucide-react'
import { newPagePage, pagePage, pagesPage } from '../pages.ts'
import { Change } from './Change.tsx'
import { DailyVisitors } from './DailyVisitors.tsx'
import { ArchivePage, PagesDocument, PublishFromList, UnarchivePage } from './documents.ts'
import { messages } from './messages.ts'
import { PageStatus } from './PageStatus.tsx'
import './pages.css'

const statuses = ['ACTIVE', 'DRAFT', 'ARCHIVED'] as const

/** All landing pages, with what they bring. */
export default function PagesList() {
  const { pages: m, statuses: words } = useMessages(messages)
  const { percent } = useFormat()
  const { may } = useViewer()
  const mayWrite = may('pages:write')
  const traffic = may('tracking:read')
  const newPage = (
    <ButtonLink to={newPagePage} variant="primary" icon={Plus}>
      {m.new}
    </ButtonLink>
  )
  return (
    <PageFrame title={m.title} lead={m.lead} wide actions={mayWrite && newPage}>
      <List
        id="landing-pages.pages"
        label={m.title}
        page={pagesPage}
        document={PagesDocument}
        connection={({ pages }) => pages}
        variables={({ q, sort, filter }) => {
          const status = chosenOf(filter.status, statuses)
          const updated = daysOf(filter.updated)
          const orderBy = orderOf(sort, ['TITLE', 'UPDATED_AT', 'PUBLISHED_AT', 'CREATED_AT'])
          return {
            traffic,
            filter: {
              ...(q?.trim() ? { search: q.trim() } : {}),
              // What is archived is shown when somebody asks for it.
              status: status ?? ['ACTIVE', 'DRAFT'],
              ...(updated ? { updatedAt: updated } : {}),
            },
            ...(orderBy ? { orderBy } : {}),
          }
        }}
        search={m.search}
        sort="-CREATED_AT"
        rowLabel={({ title }) => title}
        rowPage={({ id }) => target(pagePage, { params: { id: plainId(id) } })}
        columns={[
          {
            id: 'title',
            label: m.page,
            sort: 'TITLE',
            width: 220,
            cell: ({ title, url }) => (
              <span className="lp-name">
                {title}
                <small>{new URL(url).pathname}</small>
              </span>
            ),
          },
          {
            id: 'status',
            label: m.status,
            width: 90,
            fixed: true,
            cell: ({ status }) => <PageStatus status={status} />,
          },
          {
            id: 'visitors',
            label: m.visitors,
            width: 165,
            fixed: true,
            cell: ({ traffic: counted, title }) => <DailyVisitors traffic={counted ?? undefined} title={title} />,
          },
          {
            id: 'rate',
            label: m.rate,
            width: 140,
            fixed: true,
            align: 'end',
            cell: ({ traffic: counted }) => (
              <span className="lp-rate">
                <Change now={counted?.total.conversionRate} before={counted?.previous.conversionRate} />
                {typeof counted?.total.conversionRate === 'number' ? percent(counted.total.conversionRate) : m.none}
              </span>
            ),
          },
          {
            id: 'score',
            label: m.score,
            width: 110,
            fixed: true,
            align: 'end',
            cell: ({ accessibilityScore: score }) =>
              typeof score === 'number' ? (
                <Badge tone={score >= 90 ? 'positive' : score >= 70 ? 'warning' : 'critical'}>{score}</Badge>
              ) : (
                m.none
              ),
          },
          { id: 'experiment', label: m.experiment, width: 170, cell: ({ experiment }) => experiment?.name ?? m.none },
          {
            id: 'updated',
            label: m.updated,
            sort: 'UPDATED_AT',
            sortFirst: 'down',
            width: 150,
            fixed: true,
            cell: ({ updatedAt, lastSavedBy }) => (
              <span className="lp-name">
                <TimeAgo at={updatedAt} />
                {lastSavedBy && <small>{m.by(lastSavedBy)}</small>}
              </span>
            ),
          },
          {
            id: 'published',
            label: m.published,
            sort: 'PUBLISHED_AT',
            sortFirst: 'down',
            hidden: true,
            cell: ({ publishedAt }) => (publishedAt ? <TimeAgo at={publishedAt} /> : m.none),
          },
          {
            id: 'created',
            label: m.created,
            sort: 'CREATED_AT',
            sortFirst: 'down',
            hidden: true,
            cell: ({ createdAt }) => <TimeAgo at={createdAt} />,
          },
          { id: 'language', label: m.language, hidden: true, width: 90, cell: ({ language }) => language },
        ]}
        filters={[
          { id: 'status', label: m.status, options: statuses.map((id) => ({ id, label: words[id] })) },
          { id: 'updated', label: m.updated, kind: 'date' },
        ]}
        bulk={[
          {
            id: 'publish',
            label: m.publish,
            icon: Rocket,
            may: mayWrite,
            confirm: { title: m.publishTitle, body: m.publishBody, action: m.publish },
            applies: ({ status, variants }) =>
              status !== 'ARCHIVED' &&
              (status === 'DRAFT' || variants.some(({ hasUnpublishedChanges }) => hasUnpublishedChanges)),
            run: ({ id }) => mutate(PublishFromList, { id }),
          },
          {
            id: 'archive',
            label: m.archive,
            icon: Archive,
            may: mayWrite,
            confirm: { title: m.archiveTitle, body: m.archiveBody, action: m.archive },
            applies: ({ status }) => status !== 'ARCHIVED',
            run: ({ id }) => mutate(ArchivePage, { id }),
            undo: ({ id }) => mutate(UnarchivePage, { id }),
          },
          {
            id: 'unarchive',
            label: m.bringBack,
            icon: ArchiveRestore,
            may: mayWrite,
            applies: ({ status }) => status === 'ARCHIVED',
            run: ({ id }) => mutate(UnarchivePage, { id }),
            undo: ({ id }) => mutate(ArchivePage, { id }),
          },
        ]}
        empty={
          <EmptyState icon={FileText} title={m.emptyTitle} action={mayWrite && newPage}>
            {m.emptyText}
          </EmptyState>
        }
      />
    </PageFrame>
  )
}
