import {
  Card,
  CodeBlock,
  DescriptionList,
  Link,
  Note,
  type Problem,
  plainId,
  Skeleton,
  useFormat,
  useMessages,
  useQuery,
  useViewer,
} from '@espalier/admin-kit'
import { useEffect } from 'react'
import { ExecutionDocument } from '../documents.ts'
import { executionPage } from '../pages.ts'
import { tryMessages } from './tryMessages.ts'

/** What came of asking: it arrives within seconds. Nothing before anybody has asked. */
export function TryResult({ problem, executionId }: { problem: Problem | undefined; executionId: string | undefined }) {
  if (problem)
    return (
      <Note tone="critical" announced>
        {problem.message}
      </Note>
    )
  return executionId === undefined ? null : <Result key={executionId} id={executionId} />
}

function Result({ id }: { id: string }) {
  const m = useMessages(tryMessages)
  const viewer = useViewer()
  const said = viewer.may('ai:read')
  const query = useQuery(ExecutionDocument, { id, said })
  const execution = query.data?.node?.__typename === 'PromptExecution' ? query.data.node : undefined
  const isEnded = execution?.finishedAt != null
  const { again } = query
  useEffect(() => {
    if (isEnded) return
    const timer = setInterval(again, 1000)
    return () => clearInterval(timer)
  }, [isEnded, again])
  return (
    <Card title={m.answer}>
      <div role="status">
        {!isEnded && (
          <>
            <p className="e-muted">{m.running}</p>
            <Skeleton height="6rem" />
          </>
        )}
        {isEnded && execution?.errorCode && (
          <Note tone="critical" title={m.failed}>
            {execution.errorMessage ?? execution.errorCode}
          </Note>
        )}
        {isEnded && !execution?.errorCode && !said && <p className="e-muted">{m.mayNotRead}</p>}
        {isEnded && execution?.text && <CodeBlock label={m.answer} code={execution.text} height="24rem" />}
      </div>
      {isEnded && execution && <Facts execution={execution} />}
    </Card>
  )
}

function Facts({
  execution: { id, model, costMicros, cacheHit, inputTokens, outputTokens, responseTimeMs },
}: {
  execution: {
    id: string
    model: string | null
    costMicros: number | null
    cacheHit: boolean
    inputTokens: number | null
    outputTokens: number | null
    responseTimeMs: number | null
  }
}) {
  const m = useMessages(tryMessages)
  const { moneyMicros, number, duration } = useFormat()
  const cost = cacheHit ? m.fromMemory : costMicros === null ? m.unpriced : moneyMicros(costMicros)
  return (
    <DescriptionList
      items={[
        [m.cost, cost],
        inputTokens !== null && [m.tokens, m.tokensOf(number(inputTokens), number(outputTokens ?? 0))],
        responseTimeMs !== null && [m.latency, duration(responseTimeMs)],
        model !== null && [m.model, model],
        [
          m.execution,
          <Link key="execution" to={executionPage} params={{ id: plainId(id) }}>
            {m.toCase}
          </Link>,
        ],
      ]}
    />
  )
}
