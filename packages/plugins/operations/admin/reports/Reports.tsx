import {
  Answer,
  BarChart,
  Button,
  Card,
  ComboBox,
  Form,
  FormActions,
  PageFrame,
  Section,
  Skeleton,
  Stack,
  Switch,
  TextField,
  toast,
  useForm,
  useFormat,
  useMessages,
  useMutation,
  useQuery,
} from '@espalier/admin-kit'
import { Send } from 'lucide-react'
import {
  PastReportsDocument,
  ReportDocument,
  ReportSubscriptionDocument,
  SendReportDocument,
  SubscribeDocument,
} from './documents.ts'
import { messages } from './messages.ts'
import { ReportSections } from './ReportSections.tsx'
import '../operations.css'

/** When one's own daily report comes, what it would say now, and what it said. */
export default function Reports() {
  const m = useMessages(messages)
  const subscription = useQuery(ReportSubscriptionDocument, {})
  const [send, { busy }] = useMutation(SendReportDocument, { invalidates: ['dailyReports'] })
  return (
    <PageFrame
      title={m.title}
      lead={m.lead}
      actions={
        <Button
          icon={Send}
          busy={busy}
          onPress={async () => {
            const { problem } = await send({})
            toast(problem?.message ?? m.onItsWay, { tone: problem ? 'critical' : 'positive' })
          }}
        >
          {m.sendNow}
        </Button>
      }
    >
      <Stack gap={8}>
        <Section title={m.settings}>
          <Answer of={subscription} skeleton={<Skeleton height="15rem" />}>
            {({ reportSubscription }) => <Settings values={reportSubscription} />}
          </Answer>
        </Section>
        <Today />
        <Past />
      </Stack>
    </PageFrame>
  )
}

function Settings({ values: { daily, at, timeZone } }: { values: { daily: boolean; at: string; timeZone: string } }) {
  const m = useMessages(messages)
  const form = useForm<{ daily: boolean; at: string; timeZone: string | null }>({ values: { daily, at, timeZone } })
  const [subscribe] = useMutation(SubscribeDocument, { invalidates: ['reportSubscription'] })
  const zones = [...new Set([timeZone, 'UTC', ...Intl.supportedValuesOf('timeZone')])]
  return (
    <div className="operations-form">
      <Form
        form={form}
        label={m.settings}
        submit={(input) => subscribe({ input })}
        done={() => toast(m.saved, { tone: 'positive' })}
      >
        <Switch hint={m.dailyHint} {...form.field('daily')}>
          {m.daily}
        </Switch>
        <TextField label={m.at} required placeholder="07:30" {...form.field('at')} />
        <ComboBox
          label={m.timeZone}
          required
          options={zones.map((zone) => ({ id: zone, label: zone.replaceAll('_', ' ') }))}
          {...form.field('timeZone')}
        />
        <FormActions />
      </Form>
    </div>
  )
}

function Today() {
  const m = useMessages(messages)
  const { number, date } = useFormat()
  const report = useQuery(ReportDocument, {})
  return (
    <Answer of={report} skeleton={<Skeleton height="20rem" />}>
      {({ dailyReport: { day, empty, sections, chart } }) => (
        <Card title={m.today} lead={date(day)}>
          {empty ? <p className="e-muted">{m.nothing}</p> : <ReportSections sections={sections} />}
          {chart.length > 0 && (
            <BarChart
              label={m.chart}
              whole
              height={160}
              formatValue={(value) => number(value)}
              parts={[{ id: 'conversions', label: m.conversions }]}
              bars={chart.map(({ label, value }) => ({ id: label, label, values: [value] }))}
            />
          )}
        </Card>
      )}
    </Answer>
  )
}

function Past() {
  const m = useMessages(messages)
  const { date } = useFormat()
  const past = useQuery(PastReportsDocument, {})
  return (
    <Section title={m.past}>
      <Answer of={past} skeleton={<Skeleton height="10rem" />}>
        {({ dailyReports }) =>
          dailyReports.nodes.length === 0 ? (
            <p className="e-muted">{m.noPast}</p>
          ) : (
            <Stack gap={2}>
              {dailyReports.nodes.map(({ id, day, content }) => (
                <details key={id}>
                  <summary>{date(day)}</summary>
                  {content.empty ? (
                    <p className="e-muted">{m.nothing}</p>
                  ) : (
                    <ReportSections sections={content.sections} />
                  )}
                </details>
              ))}
            </Stack>
          )
        }
      </Answer>
    </Section>
  )
}
