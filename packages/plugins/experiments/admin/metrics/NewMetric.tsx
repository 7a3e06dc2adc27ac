import {
  Form,
  FormActions,
  Link,
  PageFrame,
  plainId,
  toast,
  useForm,
  useGoTo,
  useMessages,
  useMutation,
} from '@espalier/admin-kit'
import { messages as shared } from '../messages.ts'
import { metricPage, metricsPage } from '../pages.ts'
import { checkMetric } from './checkMetric.ts'
import { CreateMetricDocument } from './documents.ts'
import { MetricFields } from './MetricFields.tsx'
import { messages } from './messages.ts'
import { inputOf, type MetricValues, newMetric } from './metricValues.ts'

/** Defines a metric. */
export default function NewMetric() {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const goTo = useGoTo()
  const [create] = useMutation(CreateMetricDocument, { invalidates: ['experimentMetrics'] })
  const form = useForm<MetricValues>({ start: newMetric, check: checkMetric(m) })
  return (
    <PageFrame title={m.new} lead={m.emptyText} breadcrumbs={<Link to={metricsPage}>{words.metrics}</Link>}>
      <Form
        form={form}
        label={m.new}
        submit={(values) => create({ input: inputOf(values) })}
        done={({ id, name }) => {
          toast(m.made(name), { tone: 'positive' })
          goTo(metricPage, { params: { id: plainId(id) } })
        }}
      >
        <MetricFields form={form} isNew />
        <FormActions submit={m.make} onCancel={() => goTo(metricsPage)} />
      </Form>
    </PageFrame>
  )
}
