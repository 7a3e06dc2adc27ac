import {
  Card,
  Contribution,
  DateRangePicker,
  EmptyState,
  Failure,
  PageFrame,
  rangeChange,
  Skeleton,
  useContributions,
  useMessages,
  usePage,
  useRange,
  useViewer,
  useWords,
} from '@espalier/admin-kit'
import { LayoutDashboard } from 'lucide-react'
import { Decisions } from './Decisions.tsx'
import { messages } from './messages.ts'
import { NearView } from './NearView.tsx'
import { dashboardPage } from './pages.ts'
import './dashboard.css'

/** What happens, at a glance: what waits for a decision, then the widgets of all plugins over one span of time. */
export default function Dashboard() {
  const m = useMessages(messages)
  const words = useWords()
  const { search, setSearch } = usePage(dashboardPage)
  const range = useRange(search)
  const { may } = useViewer()
  const widgets = useContributions().widgets.filter(({ permission }) => may(permission))
  return (
    <PageFrame
      title={m.title}
      wide
      actions={<DateRangePicker value={search} onChange={(choice) => setSearch(rangeChange(choice))} />}
    >
      <Decisions />
      {widgets.length === 0 && (
        <EmptyState icon={LayoutDashboard} title={m.noWidgets}>
          <p>{m.noWidgetsHint}</p>
        </EmptyState>
      )}
      <div className="dashboard-widgets">
        {widgets.map(({ id, size, height, title, load }) => (
          <div key={id} className="dashboard-widget" data-size={size} style={{ minHeight: height }}>
            <Card title={words(title)}>
              <NearView>
                <Contribution
                  load={load}
                  props={{ range }}
                  waiting={<Skeleton height="100%" />}
                  broken={(error, again) => <Failure error={error} again={again} />}
                />
              </NearView>
            </Card>
          </div>
        ))}
      </div>
    </PageFrame>
  )
}
