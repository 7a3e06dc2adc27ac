import {
  Answer,
  Badge,
  ButtonLink,
  Checkbox,
  EmptyState,
  Form,
  FormActions,
  globalId,
  Link,
  Note,
  PageFrame,
  Section,
  Stack,
  Switch,
  TextField,
  toast,
  useForm,
  useFormat,
  useMessages,
  useMutation,
  usePage,
  useQuery,
  useSharedEdit,
  useViewer,
} from '@espalier/admin-kit'
import { CircleSlash } from 'lucide-react'
import { ChangesDocument } from '../documents.ts'
import type { WebhookEndpointQuery } from '../graphql/graphql.ts'
import { webhookPage, webhooksPage } from '../pages.ts'
import { Deliveries } from './Deliveries.tsx'
import { EndpointDocument, UpdateEndpointDocument } from './documents.ts'
import { EndpointDeeds } from './EndpointDeeds.tsx'
import { EventTypePicker } from './EventTypePicker.tsx'
import { messages } from './messages.ts'
import { Redeliver } from './Redeliver.tsx'
import '../operations.css'

/** One endpoint: how it is set, and what was posted there. */
export default function Webhook() {
  const m = useMessages(messages)
  const { params } = usePage(webhookPage)
  const query = useQuery(
    EndpointDocument,
    { id: globalId('WebhookEndpoint', params.id) },
    { live: { document: ChangesDocument, variables: { types: ['WebhookDelivery'] } } },
  )
  const gone = (
    <PageFrame title={m.gone}>
      <EmptyState icon={CircleSlash} title={m.gone} action={<ButtonLink to={webhooksPage}>{m.title}</ButtonLink>} />
    </PageFrame>
  )
  if (query.error?.isGone) return gone
  return (
    <Answer of={query}>
      {({ node, webhookEventTypes }) =>
        node?.__typename === 'WebhookEndpoint' ? (
          <Found endpoint={node} types={webhookEventTypes} again={query.again} />
        ) : (
          gone
        )
      }
    </Answer>
  )
}

export type EndpointShown = Extract<NonNullable<WebhookEndpointQuery['node']>, { __typename: 'WebhookEndpoint' }>

function Found({
  endpoint,
  types,
  again,
}: {
  endpoint: EndpointShown
  types: WebhookEndpointQuery['webhookEventTypes']
  again: () => void
}) {
  const m = useMessages(messages)
  const { dateTime, list } = useFormat()
  const viewer = useViewer()
  const mayWrite = viewer.may('operations:write')
  const { id, url, description, active, disabledReason, failingSince, previousSecretUntil, version, ordered } = endpoint
  const stored = { url, description, eventTypes: [...endpoint.eventTypes], ordered, active }
  const form = useForm({ values: stored })
  const [update] = useMutation(UpdateEndpointDocument)
  const edit = useSharedEdit({
    stored,
    version,
    isDirty: form.formState.isDirty,
    fields: [
      { name: 'url', label: m.url },
      { name: 'description', label: m.description },
      {
        name: 'eventTypes',
        label: m.eventTypes,
        show: (chosen) => list(Array.isArray(chosen) ? chosen.map(String) : []),
      },
      { name: 'ordered', label: m.ordered },
      { name: 'active', label: m.active },
    ],
    save: (input, expectedVersion) => update({ id, input, expectedVersion }),
    show: form.reset,
    saved: () => toast(m.saved, { tone: 'positive' }),
    again,
  })
  return (
    <PageFrame
      title={url}
      lead={description}
      wide
      badge={<Badge tone={failingSince ? 'critical' : active ? 'positive' : 'neutral'}>{active ? m.on : m.off}</Badge>}
      breadcrumbs={<Link to={webhooksPage}>{m.title}</Link>}
      actions={mayWrite && <EndpointDeeds endpoint={endpoint} again={again} />}
    >
      <Stack gap={6}>
        {!mayWrite && <Note>{m.readOnly}</Note>}
        {disabledReason && (
          <Note tone="critical" title={m.disabled}>
            {disabledReason}
          </Note>
        )}
        {failingSince && <Note tone="warning">{m.failingSince(dateTime(failingSince))}</Note>}
        {previousSecretUntil && <Note>{m.oldUntil(dateTime(previousSecretUntil))}</Note>}
        <Section title={m.settings}>
          <div className="operations-form">
            <Form form={form} label={m.settings} {...edit.form}>
              <TextField
                label={m.url}
                hint={m.urlHint}
                type="url"
                required
                code
                readOnly={!mayWrite}
                {...form.field('url')}
              />
              <TextField label={m.description} optional readOnly={!mayWrite} {...form.field('description')} />
              <EventTypePicker types={types} disabled={!mayWrite} {...form.field('eventTypes')} />
              <Checkbox hint={m.orderedHint} disabled={!mayWrite} {...form.field('ordered')}>
                {m.ordered}
              </Checkbox>
              <Switch disabled={!mayWrite} {...form.field('active')}>
                {m.active}
              </Switch>
              {mayWrite && <FormActions />}
            </Form>
            {edit.conflict}
          </div>
        </Section>
        <Section title={m.deliveries}>
          <Stack gap={4}>
            <Redeliver endpoint={endpoint} mayWrite={mayWrite} />
            <Deliveries endpoint={id} types={types.map(({ type }) => type)} mayWrite={mayWrite} />
          </Stack>
        </Section>
      </Stack>
    </PageFrame>
  )
}
