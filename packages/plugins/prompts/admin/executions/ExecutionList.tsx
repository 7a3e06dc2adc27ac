import {
  Badge,
  chosenOf,
  daysOf,
  EmptyState,
  List,
  type ListColumn,
  type ListState,
  orderOf,
  type Page,
  plainId,
  TimeAgo,
  target,
  useFormat,
  useMessages,
} from '@espalier/admin-kit'
import { ListTree } from 'lucide-react'
import { Score } from '../badges.tsx'
import type { PromptExecutionsQuery } from '../graphql/graphql.ts'
import { messages as shared } from '../messages.ts'
import { executionPage } from '../pages.ts'
import { ExecutionsDocument } from './documents.ts'
import { messages } from './messages.ts'

type Execution = PromptExecutionsQuery['promptExecutions']['nodes'][number]

const environments = ['PRODUCTION', 'STAGING', 'TEST'] as const

/** Uses of prompts, in the state that the page's address keeps; of some versions alone, where they are named. */
export function ExecutionList<Path extends string, Search extends ListState>({
  id,
  page,
  variantIds,
}: {
  id: string
  page: Page<Path, Search>
  variantIds?: readonly string[]
}) {
  const m = useMessages(messages)
  return (
    <List
      id={id}
      label={m.title}
      page={page}
      document={ExecutionsDocument}
      connection={({ promptExecutions }: PromptExecutionsQuery) => promptExecutions}
      variables={({ q, sort, filter }) => ({
        orderBy: orderOf(sort, ['EXECUTED_AT', 'COST_MICROS']),
        filter: {
          search: q?.trim() || undefined,
          variantId: variantIds && [...variantIds],
          environment: chosenOf(filter.environment, environments),
          executedAt: daysOf(filter.when),
        },
      })}
      search={m.search}
      sort="-EXECUTED_AT"
      rowLabel={({ variant }) => `${variant.prompt.name} ${variant.version}`}
      rowPage={(execution) => target(executionPage, { params: { id: plainId(execution.id) } })}
      columns={useColumns(variantIds === undefined)}
      filters={[
        {
          id: 'environment',
          label: m.environment,
          options: environments.map((id) => ({ id, label: m.environments[id] })),
        },
        { id: 'when', label: m.when, kind: 'date' },
      ]}
      empty={
        <EmptyState icon={ListTree} title={m.none}>
          <p>{m.noneText}</p>
        </EmptyState>
      }
    />
  )
}

function useColumns(withPrompt: boolean): readonly ListColumn<Execution>[] {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const { number, moneyMicros, duration } = useFormat()
  return [
    {
      id: 'when',
      label: m.when,
      cell: ({ executedAt }) => <TimeAgo at={executedAt} />,
      sort: 'EXECUTED_AT',
      sortFirst: 'down',
      width: 130,
      fixed: true,
    },
    ...(withPrompt
      ? [{ id: 'prompt', label: m.prompt, cell: ({ variant }: Execution) => variant.prompt.name, width: 220 }]
      : []),
    { id: 'version', label: m.version, cell: ({ variant }) => words.version(variant.version), width: 110, fixed: true },
    {
      id: 'state',
      label: m.state,
      cell: ({ errorCode, finishedAt }) =>
        errorCode ? (
          <Badge tone="critical">{errorCode}</Badge>
        ) : finishedAt ? (
          <Badge tone="positive">{m.answered}</Badge>
        ) : (
          <Badge tone="info">{m.underWay}</Badge>
        ),
      width: 115,
    },
    {
      id: 'quality',
      label: m.quality,
      cell: ({ quality }) => <Score value={quality} />,
      align: 'end',
      width: 80,
      fixed: true,
    },
    {
      id: 'cost',
      label: m.cost,
      cell: ({ cacheHit, costMicros }) =>
        cacheHit ? m.fromMemory : costMicros === null ? m.unpriced : moneyMicros(costMicros),
      sort: 'COST_MICROS',
      sortFirst: 'down',
      align: 'end',
      width: 120,
      fixed: true,
    },
    {
      id: 'tokens',
      label: m.tokens,
      cell: ({ inputTokens, outputTokens }) =>
        inputTokens !== null && m.tokensOf(number(inputTokens), number(outputTokens ?? 0)),
      align: 'end',
      width: 150,
    },
    {
      id: 'latency',
      label: m.latency,
      cell: ({ responseTimeMs }) => responseTimeMs !== null && duration(responseTimeMs),
      align: 'end',
      width: 95,
      fixed: true,
    },
    { id: 'model', label: m.model, cell: ({ model }) => model, width: 150, hidden: true },
    {
      id: 'environment',
      label: m.environment,
      cell: ({ environment }) => m.environments[environment],
      width: 120,
      fixed: true,
    },
    {
      id: 'rating',
      label: m.rating,
      cell: ({ rating }) => rating !== null && number(rating, 1),
      align: 'end',
      hidden: true,
    },
  ]
}
