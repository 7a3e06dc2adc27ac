import {
  Answer,
  type DashboardRange,
  Link,
  plainId,
  Skeleton,
  TimeAgo,
  Timeline,
  useMessages,
  useQuery,
} from '@espalier/admin-kit'
import { LatestStepsDocument, LoopChangesDocument } from './documents.ts'
import { glanceMessages } from './glanceMessages.ts'
import { improvementPage, pageImprovementPage } from './pages.ts'
import { iconOf, toneOf } from './step.ts'

/** What pages did by themselves in the time that the dashboard shows, the latest first. */
export default function ImprovementWidget({ range }: { range: DashboardRange }) {
  const m = useMessages(glanceMessages)
  const query = useQuery(
    LatestStepsDocument,
    { first: 4, filter: { at: { from: range.from, until: range.to } } },
    { keep: true, live: { document: LoopChangesDocument, again: true } },
  )
  return (
    <Answer of={query} skeleton={<Skeleton lines={6} />}>
      {({ pageLoopSteps: { nodes } }) =>
        nodes.length === 0 ? (
          <p className="e-muted">{m.nothingLately}</p>
        ) : (
          <>
            <Timeline
              label={m.latest}
              items={nodes.map((step) => {
                const Icon = iconOf(step)
                const { page } = step.run
                return {
                  id: step.id,
                  title: (
                    <Link to={pageImprovementPage} params={{ id: plainId(page.id) }} search={{ tab: 'story' }}>
                      {page.title}
                    </Link>
                  ),
                  time: <TimeAgo at={step.at} />,
                  icon: <Icon size={14} aria-hidden="true" />,
                  tone: toneOf(step),
                  children: step.summary,
                }
              })}
            />
            <Link to={improvementPage}>{m.all}</Link>
          </>
        )
      }
    </Answer>
  )
}
