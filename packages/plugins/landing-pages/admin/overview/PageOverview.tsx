import {
  Answer,
  ButtonLink,
  Columns,
  CopyField,
  EmptyState,
  globalId,
  Link,
  MenuButton,
  Note,
  PageFrame,
  Panels,
  plainId,
  Section,
  Skeleton,
  Stack,
  TimeAgo,
  toast,
  useGoTo,
  useMessages,
  useMutation,
  usePage,
  useQuery,
  useViewer,
} from '@espalier/admin-kit'
import { Copy, ExternalLink, FileX2, PencilLine, Settings2 } from 'lucide-react'
import { useState } from 'react'
import { Breadcrumbs } from '../editor/Breadcrumbs.tsx'
import { PageSavedDocument } from '../editor/documents.ts'
import type { PageOverviewQuery } from '../graphql/graphql.ts'
import { ArchivePage, UnarchivePage } from '../list/documents.ts'
import { PageStatus } from '../list/PageStatus.tsx'
import { messages as shared } from '../messages.ts'
import { editorPage, pagePage, pagesPage } from '../pages.ts'
import { Accessibility } from './Accessibility.tsx'
import { OverviewDocument } from './documents.ts'
import { duplicatePage } from './duplicatePage.ts'
import { Figures } from './Figures.tsx'
import { messages } from './messages.ts'
import { PageSettings } from './PageSettings.tsx'
import { QualitySummary } from './QualitySummary.tsx'
import { Rollout } from './Rollout.tsx'
import { VariantTable } from './VariantTable.tsx'
import './overview.css'

/** A page as its own page asks for it. */
export type OverviewPage = Extract<NonNullable<PageOverviewQuery['node']>, { __typename: 'Page' }>

/** All about one landing page: what it brings, its variants, what decides between them, and what is to be mended. */
export default function PageOverview() {
  const m = useMessages(shared)
  const { params, search } = usePage(pagePage)
  const { may } = useViewer()
  const id = globalId('Page', params.id)
  const query = useQuery(
    OverviewDocument,
    { id, days: Number(search.days), traffic: may('tracking:read') },
    { keep: true, live: { document: PageSavedDocument, variables: { id }, again: true } },
  )
  return (
    <Answer
      of={query}
      skeleton={
        <PageFrame title={m.list.title}>
          <Skeleton height="40rem" />
        </PageFrame>
      }
    >
      {({ node }) =>
        node?.__typename === 'Page' ? (
          <Overview page={node} again={query.again} />
        ) : (
          <PageFrame title={m.page.gone}>
            <EmptyState icon={FileX2} title={m.page.gone} action={<Link to={pagesPage}>{m.list.title}</Link>}>
              {m.page.goneHint}
            </EmptyState>
          </PageFrame>
        )
      }
    </Answer>
  )
}

function Overview({ page, again }: { page: OverviewPage; again: () => void }) {
  const m = useMessages(messages)
  const { may } = useViewer()
  const mayWrite = may('pages:write')
  const [configuring, setConfiguring] = useState(false)
  return (
    <PageFrame
      title={page.title}
      breadcrumbs={<Breadcrumbs />}
      badge={<PageStatus status={page.status} />}
      lead={
        page.publishedAt && (
          <>
            {m.publishedAt} <TimeAgo at={page.publishedAt} />{' '}
            {page.lastPublishedBy && m.publishedBy(page.lastPublishedBy)}
          </>
        )
      }
      actions={
        <>
          {mayWrite && <MorePageDeeds page={page} onSettings={() => setConfiguring(true)} />}
          {page.status === 'ACTIVE' && (
            <a className="e-button e-button-secondary" href={page.url} target="_blank" rel="noreferrer">
              <ExternalLink size={16} aria-hidden="true" />
              {m.open}
            </a>
          )}
          {mayWrite && (
            <ButtonLink to={editorPage} params={{ id: plainId(page.id) }} variant="primary" icon={PencilLine}>
              {m.edit}
            </ButtonLink>
          )}
        </>
      }
    >
      {page.status === 'ARCHIVED' && <Note tone="warning">{m.archived}</Note>}
      <Stack gap={8}>
        <Figures page={page} />
        <Rollout pageId={page.id} mayWrite={mayWrite} />
        <Section title={m.variants}>
          <VariantTable page={page} mayWrite={mayWrite} />
        </Section>
        <Panels on="Page" id={page.id} />
        <Columns min="22rem">
          <QualitySummary page={page} />
          <Accessibility pageId={page.id} mayWrite={mayWrite} />
        </Columns>
        <Section title={m.about}>
          <CopyField label={m.addressLabel} value={page.url} />
        </Section>
      </Stack>
      {configuring && <PageSettings page={page} again={again} onClose={() => setConfiguring(false)} />}
    </PageFrame>
  )
}

function MorePageDeeds({ page, onSettings }: { page: OverviewPage; onSettings: () => void }) {
  const m = useMessages(messages)
  const goTo = useGoTo()
  const [archive] = useMutation(ArchivePage, { invalidates: ['pages'] })
  const [unarchive] = useMutation(UnarchivePage, { invalidates: ['pages'] })
  const { id, title } = page
  return (
    <MenuButton
      label={m.more}
      iconOnly
      icon={Settings2}
      entries={[
        { id: 'settings', label: m.settings, icon: Settings2, run: onSettings },
        {
          id: 'duplicate',
          label: m.duplicate,
          icon: Copy,
          run: () =>
            void (async () => {
              const { data, problem } = await duplicatePage(id, m.copyOf(title))
              if (problem) toast(problem.message, { tone: 'critical' })
              else if (data) goTo(editorPage, { params: { id: plainId(data.id) } })
            })(),
        },
        page.status === 'ARCHIVED'
          ? { id: 'unarchive', label: m.unarchive, run: () => void unarchive({ id }) }
          : {
              id: 'archive',
              label: m.archive,
              danger: true,
              run: () =>
                void (async () => {
                  const { problem } = await archive({ id })
                  if (problem) toast(problem.message, { tone: 'critical' })
                  else toast(m.archived, { undo: () => void unarchive({ id }) })
                })(),
            },
      ]}
    />
  )
}
