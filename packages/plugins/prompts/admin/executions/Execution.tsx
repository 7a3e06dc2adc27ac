import {
  Answer,
  Badge,
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
  Section,
  Skeleton,
  Stack,
  useFormat,
  useMessages,
  usePage,
  useQuery,
  useViewer,
} from '@espalier/admin-kit'
import { LanguageBadge, Score } from '../badges.tsx'
import { ExecutionDocument } from '../documents.ts'
import { generation } from '../elsewhere.ts'
import type { PromptExecutionQuery } from '../graphql/graphql.ts'
import { messages as shared } from '../messages.ts'
import { executionPage, executionsPage, promptPage } from '../pages.ts'
import { messages } from './messages.ts'
import { RateExecution } from './RateExecution.tsx'
import { ToCase } from './ToCase.tsx'

export type FoundExecution = Extract<NonNullable<PromptExecutionQuery['node']>, { __typename: 'PromptExecution' }>

/** One use of a prompt: what it was given, what came back, what was said about it. */
export default function Execution() {
  const m = useMessages(messages)
  const viewer = useViewer()
  const { params } = usePage(executionPage)
  const query = useQuery(ExecutionDocument, {
    id: globalId('PromptExecution', params.id),
    said: viewer.may('ai:read'),
  })
  const found = query.data?.node?.__typename === 'PromptExecution' ? query.data.node : undefined
  const mayWrite = viewer.may('prompts:write')
  return (
    <PageFrame
      title={found ? m.titleOf(found.variant.prompt.name) : m.title}
      badge={found && <Badge>{m.environments[found.environment]}</Badge>}
      breadcrumbs={<Link to={executionsPage}>{m.title}</Link>}
      actions={found && mayWrite && viewer.may('ai:read') && !found.erasedAt && <ToCase execution={found} />}
    >
      <Answer of={query} skeleton={<Skeleton height="30rem" />}>
        {() => (found ? <Found execution={found} /> : <Failure error={{ code: 'NOT_FOUND', message: m.gone }} />)}
      </Answer>
    </PageFrame>
  )
}

function Found({ execution }: { execution: FoundExecution }) {
  const m = useMessages(messages)
  const viewer = useViewer()
  const { errorCode, errorMessage, text, variables, erasedAt } = execution
  return (
    <Stack gap={6}>
      {errorCode && (
        <Note tone="critical" title={errorCode}>
          {errorMessage}
        </Note>
      )}
      {execution.fallback && <Note tone="neutral">{m.fallback}</Note>}
      {viewer.may('ai:read') ? (
        <Columns min="22rem">
          <Section title={m.given}>
            {erasedAt ? <p className="e-muted">{m.erased}</p> : <JsonView label={m.given} value={variables} />}
          </Section>
          <Section title={m.answer}>
            {text ? (
              <CodeBlock label={m.answer} code={text} height="32rem" />
            ) : (
              <p className="e-muted">{erasedAt ? m.erased : m.noAnswer}</p>
            )}
          </Section>
        </Columns>
      ) : (
        <p className="e-muted">{m.hidden}</p>
      )}
      <Columns min="22rem">
        <Facts execution={execution} />
        <Scores execution={execution} />
      </Columns>
    </Stack>
  )
}

function Facts({ execution }: { execution: FoundExecution }) {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const { dateTime, duration, moneyMicros, number } = useFormat()
  const { variant, model, callId, costMicros, cacheHit, inputTokens, outputTokens, responseTimeMs } = execution
  const cost = cacheHit ? m.fromMemory : costMicros === null ? m.unpriced : moneyMicros(costMicros)
  return (
    <Card title={m.facts}>
      <DescriptionList
        items={[
          [
            m.version,
            <Link
              key="version"
              to={promptPage}
              params={{ name: variant.prompt.name }}
              search={{ language: variant.language, version: variant.version }}
            >
              {variant.prompt.name}, {words.version(variant.version)} <LanguageBadge language={variant.language} />
            </Link>,
          ],
          [m.when, <time key="when">{dateTime(execution.executedAt)}</time>],
          model !== null && [m.model, model],
          [
            m.cost,
            callId ? (
              <ToCall key="cost" id={callId}>
                {cost}
              </ToCall>
            ) : (
              cost
            ),
          ],
          inputTokens !== null && [m.tokens, m.tokensOf(number(inputTokens), number(outputTokens ?? 0))],
          responseTimeMs !== null && [m.latency, duration(responseTimeMs)],
          [m.quality, <Score key="quality" value={execution.quality} />],
        ]}
      />
    </Card>
  )
}

/** To the call of the model that it was, with what was asked word for word and its price. */
function ToCall({ id, children }: { id: string; children: string }) {
  return (
    <LinkElsewhere to={generation} params={{ id }}>
      {children}
    </LinkElsewhere>
  )
}

function Scores({ execution }: { execution: FoundExecution }) {
  const m = useMessages(messages)
  const { number } = useFormat()
  const viewer = useViewer()
  const { nodes } = execution.scores
  return (
    <Card title={m.scores}>
      {nodes.length === 0 ? (
        <p className="e-muted">{m.noScores}</p>
      ) : (
        <DescriptionList
          items={nodes.map(({ metric, source, value, note }) => [
            m.ofMetric(m.metrics[metric] ?? metric, m.sources[source] ?? source),
            note ? `${number(value, 2)}: ${note}` : number(value, 2),
          ])}
        />
      )}
      {viewer.may('prompts:write') && <RateExecution id={execution.id} />}
    </Card>
  )
}
