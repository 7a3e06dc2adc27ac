import {
  Answer,
  Badge,
  ButtonLink,
  Columns,
  DescriptionList,
  EmptyState,
  globalId,
  Link,
  Note,
  PageFrame,
  Row,
  Section,
  Stack,
  Switch,
  TimeAgo,
  toast,
  useFormat,
  useMessages,
  useMutation,
  usePage,
  useQuery,
  useWords,
} from '@espalier/admin-kit'
import { KeyRound } from 'lucide-react'
import type { ApiKeyQuery } from '../../graphql/graphql.ts'
import { changesOf } from '../live.ts'
import { keyPage, keysPage } from '../pages.ts'
import { KeyOperations } from './KeyOperations.tsx'
import { KeyUsage, usageDays } from './KeyUsage.tsx'
import { ApiKeyDocument, LimitApiKeyDocument } from './keyDocuments.ts'
import { keyMessages } from './keyMessages.ts'
import { messages } from './messages.ts'

/** One key: what it may, what it asks for and what that costs. */
export default function Key() {
  const m = useMessages(keyMessages)
  const words = useWords()
  const { params } = usePage(keyPage)
  const query = useQuery(
    ApiKeyDocument,
    { id: globalId('ApiKey', params.id), days: usageDays },
    { live: changesOf('ApiKey', 'ApiOperation') },
  )
  const gone = (
    <PageFrame title={m.gone}>
      <EmptyState
        icon={KeyRound}
        title={m.gone}
        action={<ButtonLink to={keysPage}>{words(keysPage.title)}</ButtonLink>}
      >
        {m.goneWhy}
      </EmptyState>
    </PageFrame>
  )
  if (query.error?.isGone) return gone
  return <Answer of={query}>{({ apiKey }) => (apiKey ? <Found apiKey={apiKey} /> : gone)}</Answer>
}

export type ShownKey = NonNullable<ApiKeyQuery['apiKey']>

function Found({ apiKey }: { apiKey: ShownKey }) {
  const m = useMessages(messages)
  const words = useWords()
  const { status } = apiKey
  return (
    <PageFrame
      title={apiKey.name}
      badge={<Badge tone={status === 'ACTIVE' ? 'positive' : 'neutral'}>{m.states[status]}</Badge>}
      breadcrumbs={<Link to={keysPage}>{words(keysPage.title)}</Link>}
      wide
    >
      <Stack gap={6}>
        <Deprecated uses={apiKey.deprecatedUses} />
        <KeyUsage usage={apiKey.usage} />
        <About apiKey={apiKey} />
        <KeyOperations id={apiKey.id} />
      </Stack>
    </PageFrame>
  )
}

function Deprecated({ uses }: { uses: ShownKey['deprecatedUses'] }) {
  const m = useMessages(keyMessages)
  const { number } = useFormat()
  if (uses.length === 0) return null
  return (
    <Note tone="warning" title={m.deprecated}>
      <p>{m.deprecatedWhy}</p>
      <ul>
        {uses.map(({ schema, coordinate, uses: times, operationName, lastAt }) => (
          <li key={`${schema} ${coordinate}`}>
            <code>{coordinate}</code> ({m.schemas[schema]}):{' '}
            {m.deprecatedUse(number(times), operationName ?? m.someOperation)}, <TimeAgo at={lastAt} />
          </li>
        ))}
      </ul>
    </Note>
  )
}

function About({ apiKey }: { apiKey: ShownKey }) {
  const m = useMessages(keyMessages)
  const { date } = useFormat()
  const [limit, limiting] = useMutation(LimitApiKeyDocument)
  const setOnly = async (documentsOnly: boolean) => {
    const { problem } = await limit({ id: apiKey.id, documentsOnly })
    toast(problem?.message ?? (documentsOnly ? m.nowOnly : m.nowAny), { tone: problem ? 'critical' : 'positive' })
  }
  return (
    <Columns min="22rem">
      <Section title={m.about}>
        <DescriptionList
          items={[
            [m.start, <code key="start">{apiKey.start}…</code>],
            [m.created, date(apiKey.createdAt)],
            [m.expires, apiKey.expiresAt ? date(apiKey.expiresAt) : m.never],
            [m.used, apiKey.lastUsedAt ? <TimeAgo key="used" at={apiKey.lastUsedAt} /> : m.never],
          ]}
        />
        {apiKey.status === 'ACTIVE' && (
          <Switch
            value={apiKey.documentsOnly}
            hint={m.documentsOnlyHint}
            disabled={limiting.busy}
            onChange={(on) => void setOnly(on)}
          >
            {m.documentsOnly}
          </Switch>
        )}
      </Section>
      <Section title={m.scopes}>
        <Row>
          {apiKey.scopes.map((scope) => (
            <Badge key={scope}>{scope}</Badge>
          ))}
        </Row>
      </Section>
    </Columns>
  )
}
