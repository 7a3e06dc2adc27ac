import {
  Answer,
  Badge,
  Failure,
  globalId,
  Link,
  PageFrame,
  Skeleton,
  Tabs,
  useMessages,
  usePage,
  useQuery,
  useViewer,
} from '@espalier/admin-kit'
import type { PageImprovementQuery } from '../graphql/graphql.ts'
import { PageImprovementDocument, PageLoopChangedDocument } from './documents.ts'
import { messages } from './messages.ts'
import { Overview } from './Overview.tsx'
import { Proposals } from './Proposals.tsx'
import { improvementPage, improvementTabs, pageImprovementPage } from './pages.ts'
import { Rules } from './rules/Rules.tsx'
import { TurnActions } from './TurnActions.tsx'
import { Story } from './turns/Story.tsx'
import './improvement.css'

export type ImprovingPage = Extract<NonNullable<PageImprovementQuery['node']>, { __typename: 'Page' }>
/** What holds in the workspace, where a page says nothing else. */
export type WorkspaceRules = PageImprovementQuery['pageLoopRules']

/** How one page improves itself: live, with everything that a person may stop, approve or take back. */
export default function PageImprovement() {
  const m = useMessages(messages)
  const { params, search, setSearch } = usePage(pageImprovementPage)
  const mayDecide = useViewer().may('pages:write')
  const id = globalId('Page', params.id)
  const query = useQuery(
    PageImprovementDocument,
    { id },
    { live: { document: PageLoopChangedDocument, variables: { id }, again: true } },
  )
  const page = query.data?.node?.__typename === 'Page' ? query.data.node : undefined
  const mode = page?.loop?.mode ?? 'OFF'
  return (
    <PageFrame
      title={page?.title ?? m.title}
      breadcrumbs={<Link to={improvementPage}>{m.title}</Link>}
      {...(page ? { badge: <Badge tone={mode === 'OFF' ? 'neutral' : 'positive'}>{m.modes[mode]}</Badge> } : {})}
      {...(page && mayDecide ? { actions: <TurnActions page={page} /> } : {})}
      {...(mayDecide ? {} : { lead: m.forbidden })}
    >
      {query.error?.isGone ? (
        <Failure error={{ code: 'NOT_FOUND', message: m.gone }} />
      ) : (
        <Answer of={query} skeleton={<Skeleton height="32rem" />}>
          {({ pageLoopRules }) =>
            page ? (
              <Tabs
                label={m.tabsLabel}
                value={search.tab}
                onChange={(tab) => setSearch({ tab })}
                tabs={improvementTabs.map((tab) => ({
                  id: tab,
                  label: m.tabs[tab],
                  badge:
                    tab === 'overview' && page.loopWaiting > 0 ? (
                      <Badge tone="warning">{page.loopWaiting}</Badge>
                    ) : undefined,
                  content: partOf(tab, page, pageLoopRules, mayDecide, query.again),
                }))}
              />
            ) : (
              <Failure error={{ code: 'NOT_FOUND', message: m.gone }} />
            )
          }
        </Answer>
      )}
    </PageFrame>
  )
}

function partOf(
  tab: (typeof improvementTabs)[number],
  page: ImprovingPage,
  workspace: WorkspaceRules,
  mayDecide: boolean,
  again: () => void,
) {
  switch (tab) {
    case 'overview':
      return <Overview page={page} mayDecide={mayDecide} />
    case 'story':
      return <Story page={page} mayDecide={mayDecide} />
    case 'proposals':
      return <Proposals page={page} />
    case 'rules':
      return <Rules page={page} workspace={workspace} mayDecide={mayDecide} again={again} />
  }
}
