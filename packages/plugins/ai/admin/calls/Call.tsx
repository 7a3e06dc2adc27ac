import {
  Answer,
  Card,
  CodeBlock,
  Columns,
  DescriptionList,
  Failure,
  globalId,
  JsonView,
  Link,
  LinkElsewhere,
  Note,
  PageFrame,
  Panels,
  Section,
  Skeleton,
  Stack,
  useFormat,
  useMessages,
  usePage,
  useQuery,
  useViewer,
} from '@espalier/admin-kit'
import { CallCost } from '../CallCost.tsx'
import { prompt } from '../elsewhere.ts'
import type { AiCallQuery } from '../graphql/graphql.ts'
import { messages as shared } from '../messages.ts'
import { callPage, callsPage, costsPage } from '../pages.ts'
import { StatusBadge } from '../StatusBadge.tsx'
import { CallDocument, SpentDocument } from './documents.ts'
import { messages } from './messages.ts'
import { SettleCall } from './SettleCall.tsx'

/** One call of a model: what was asked, what came back, what it cost. */
export default function Call() {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const { params } = usePage(callPage)
  const query = useQuery(
    CallDocument,
    { id: globalId('AiCall', params.id) },
    { live: { document: SpentDocument, again: true } },
  )
  const call = query.data?.aiCall
  return (
    <PageFrame
      title={call ? m.generation(call.purpose) : words.generations}
      badge={call && <StatusBadge status={call.status} />}
      breadcrumbs={<Link to={callsPage}>{words.generations}</Link>}
    >
      <Answer of={query} skeleton={<Skeleton height="24rem" />}>
        {({ aiCall }) =>
          aiCall ? <Found call={aiCall} /> : <Failure error={{ code: 'NOT_FOUND', message: m.gone }} />
        }
      </Answer>
    </PageFrame>
  )
}

type FoundCall = NonNullable<AiCallQuery['aiCall']>

function Found({ call }: { call: FoundCall }) {
  const m = useMessages(messages)
  const viewer = useViewer()
  const isErased = call.messages.length === 0
  return (
    <Stack gap={6}>
      {call.status === 'UNKNOWN' && (
        <Note tone="warning" title={m.unknownTitle} actions={viewer.may('ai:configure') && <SettleCall id={call.id} />}>
          {m.unknownText}
        </Note>
      )}
      {call.errorMessage && (
        <Note tone="critical" title={call.errorCode}>
          {call.errorMessage}
        </Note>
      )}
      <Columns min="22rem">
        <Section title={m.asked}>
          {isErased && <p className="e-muted">{m.erased}</p>}
          {call.messages.map(({ role, content }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: messages of a call never change
            <Stack key={index} gap={1}>
              <strong className="e-small">{m.roles[role] ?? role}</strong>
              <CodeBlock label={m.roles[role] ?? role} code={content} />
            </Stack>
          ))}
        </Section>
        <Section title={m.answered}>
          {call.response ? (
            <CodeBlock label={m.answered} code={call.response} height="32rem" />
          ) : (
            !isErased && <p className="e-muted">{m.noAnswer}</p>
          )}
          {call.repaired && <p className="e-small e-muted">{m.repaired}</p>}
          {call.redacted > 0 && <p className="e-small e-muted">{m.redacted(call.redacted)}</p>}
        </Section>
      </Columns>
      <Facts call={call} />
      <Panels on="AiCall" id={call.id} />
    </Stack>
  )
}

function Facts({ call }: { call: FoundCall }) {
  const m = useMessages(messages)
  const { number, duration, dateTime, date } = useFormat()
  const { inputTokens, cachedTokens, outputTokens } = call
  const price = call.pricesAsOf ? m.pricesOf(date(call.pricesAsOf)) : m.ownPrice
  return (
    <Card title={m.facts}>
      <DescriptionList
        items={[
          [m.model, `${call.model} (${call.endpoint})`],
          [
            m.prompt,
            call.promptName && (
              <LinkElsewhere key="prompt" to={prompt} params={{ name: call.promptName }}>
                {call.promptName}
              </LinkElsewhere>
            ),
          ],
          [
            m.purpose,
            <Link key="purpose" to={callsPage} search={{ filter: { purpose: [call.purpose] } }}>
              {call.purpose}
            </Link>,
          ],
          [m.askedBy, call.askedByName],
          [m.when, <time key="when">{dateTime(call.createdAt)}</time>],
          inputTokens != null && [
            m.tokens,
            [
              m.tokensOf(number(inputTokens), number(outputTokens ?? 0)),
              ...(cachedTokens ? [m.cachedOf(number(cachedTokens))] : []),
            ].join(', '),
          ],
          [
            m.cost,
            <span key="cost">
              <Link to={costsPage} search={{ month: call.createdAt.slice(0, 7) }}>
                <CallCost micros={call.costMicros ?? null} cacheHit={call.cacheHit} />
              </Link>{' '}
              {typeof call.costMicros === 'number' && !call.cacheHit && <span className="e-muted">{price}</span>}
            </span>,
          ],
          call.latencyMs != null && [m.latency, duration(call.latencyMs)],
          [m.attempts, number(call.attempts)],
          call.subjectType != null && [m.subject, `${call.subjectType} ${call.subjectId ?? ''}`],
          call.providerId != null && [m.providerId, <code key="id">{call.providerId}</code>],
          [m.key, <code key="key">{call.idempotencyKey}</code>],
        ]}
      />
      <JsonView label={m.parameters} value={call.parameters} height="12rem" />
    </Card>
  )
}
