import {
  Answer,
  Button,
  Card,
  Failure,
  globalId,
  LineageGraph,
  Link,
  Meter,
  Note,
  PageFrame,
  ProgressBar,
  Skeleton,
  Stack,
  toast,
  useConfirm,
  useFormat,
  useMessages,
  useMutation,
  usePage,
  useQuery,
  useViewer,
} from '@espalier/admin-kit'
import { Square } from 'lucide-react'
import type { PromptEvolutionQuery } from '../graphql/graphql.ts'
import { messages as shared } from '../messages.ts'
import { evolutionPage, promptPage, promptsPage } from '../pages.ts'
import { Candidate } from './Candidate.tsx'
import { EvolutionDocument, EvolutionLiveDocument, StopDocument } from './documents.ts'
import { EvolutionBadge } from './EvolutionBadge.tsx'
import { edgesOf, nodesOf } from './lineage.ts'
import { messages } from './messages.ts'
import { Outcome } from './Outcome.tsx'

export type FoundEvolution = Extract<NonNullable<PromptEvolutionQuery['node']>, { __typename: 'PromptEvolution' }>

/** One evolution, live: its progress, what came of what, and what it came to. */
export default function Evolution() {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const { params } = usePage(evolutionPage)
  const id = globalId('PromptEvolution', params.id)
  const query = useQuery(EvolutionDocument, { id }, { live: { document: EvolutionLiveDocument, variables: { id } } })
  const found = query.data?.node?.__typename === 'PromptEvolution' ? query.data.node : undefined
  return (
    <PageFrame
      title={m.titleOf(params.name)}
      badge={found && <EvolutionBadge status={found.status} />}
      wide
      breadcrumbs={
        <>
          <Link to={promptsPage}>{words.prompts}</Link>
          {' / '}
          <Link to={promptPage} params={{ name: params.name }} search={{ tab: 'evolution' }}>
            {params.name}
          </Link>
        </>
      }
      actions={found && <Stop evolution={found} />}
    >
      <Answer of={query} skeleton={<Skeleton height="36rem" />}>
        {() => (found ? <Found evolution={found} /> : <Failure error={{ code: 'NOT_FOUND', message: m.gone }} />)}
      </Answer>
    </PageFrame>
  )
}

function Found({ evolution }: { evolution: FoundEvolution }) {
  const m = useMessages(messages)
  const { number } = useFormat()
  const { search, setSearch } = usePage(evolutionPage)
  const { candidates, outcome, failure } = evolution
  const shown = candidates[Number(search.candidate ?? -1)] ?? candidates.find(({ kind }) => kind === 'origin')
  return (
    <Stack gap={6}>
      {failure && <Note tone="warning">{failure}</Note>}
      <Progress evolution={evolution} />
      {outcome && <Outcome outcome={outcome} prompt={evolution.prompt.name} />}
      {candidates.length > 0 && (
        <Card title={m.lineage} lead={m.lineageHint}>
          <LineageGraph
            label={m.lineage}
            nodes={nodesOf(candidates, m, (score) => number(score, 2))}
            edges={edgesOf(candidates)}
            selected={shown && String(candidates.indexOf(shown))}
            onSelect={(candidate) => setSearch({ candidate })}
          />
        </Card>
      )}
      {shown && <Candidate candidate={shown} origin={candidates.find(({ kind }) => kind === 'origin')} />}
    </Stack>
  )
}

function Progress({ evolution }: { evolution: FoundEvolution }) {
  const m = useMessages(messages)
  const { number, moneyMicros, list } = useFormat()
  const { generation, generations, spentMicros, budgetMicros, goals, status } = evolution
  const isUnderWay = status === 'RUNNING' || status === 'WAITING'
  return (
    <Card>
      <p>
        <span className="e-muted">{m.goals}: </span>
        {goals.length > 0 ? list(goals) : m.noGoals}
      </p>
      {isUnderWay && (
        <ProgressBar
          label={m.progress}
          value={generation}
          max={generations}
          valueLabel={m.progressOf(number(generation), number(generations))}
        />
      )}
      <Meter
        label={m.spent}
        value={spentMicros}
        max={budgetMicros}
        valueLabel={m.spentOf(moneyMicros(spentMicros), moneyMicros(budgetMicros))}
        tone={spentMicros >= budgetMicros ? 'warning' : 'positive'}
      />
    </Card>
  )
}

function Stop({ evolution: { id, status } }: { evolution: FoundEvolution }) {
  const m = useMessages(messages)
  const viewer = useViewer()
  const confirm = useConfirm()
  const [stop, { busy }] = useMutation(StopDocument)
  if (!viewer.may('prompts:run') || (status !== 'RUNNING' && status !== 'WAITING')) return null
  const stopIt = async () => {
    if (!(await confirm({ title: m.stopTitle, text: m.stopText, confirm: m.stop, danger: true }))) return
    const { problem } = await stop({ id })
    toast(problem?.message ?? m.stopped, { tone: problem ? 'critical' : 'neutral' })
  }
  return (
    <Button icon={Square} busy={busy} onPress={() => void stopIt()}>
      {m.stop}
    </Button>
  )
}
