import { EmptyState, List, orderOf, PageFrame, TimeAgo, useFormat, useMessages } from '@espalier/admin-kit'
import { Flag } from 'lucide-react'
import { MilestonesDocument } from './documents.ts'
import { messages } from './messages.ts'
import { milestonesPage } from './pages.ts'

/** Milestones of all pages. */
export default function MilestoneList() {
  const m = useMessages(messages)
  const { number } = useFormat()
  return (
    <PageFrame title={m.title} lead={m.lead} wide>
      <List
        id="milestones.list"
        label={m.title}
        page={milestonesPage}
        document={MilestonesDocument}
        connection={(data) => data.milestones}
        variables={({ sort }) => ({ orderBy: orderOf(sort, ['REACHED_AT']) })}
        search={false}
        sort="-REACHED_AT"
        columns={[
          { id: 'page', label: m.page, cell: ({ page }) => page?.title ?? m.gone, width: 360 },
          { id: 'goals', label: m.goals, cell: ({ goals }) => number(goals), fixed: true },
          {
            id: 'at',
            label: m.at,
            cell: ({ reachedAt }) => <TimeAgo at={reachedAt} />,
            sort: 'REACHED_AT',
            fixed: true,
          },
        ]}
        rowLabel={({ page, goals }) => `${page?.title ?? m.gone}: ${number(goals)}`}
        empty={
          <EmptyState icon={Flag} title={m.empty}>
            <p>{m.emptyWhy}</p>
          </EmptyState>
        }
      />
    </PageFrame>
  )
}
