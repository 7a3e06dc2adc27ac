import {
  Answer,
  Button,
  Card,
  EmptyState,
  Link,
  Meter,
  plainId,
  Skeleton,
  Stack,
  TimeAgo,
  useFormat,
  useMessages,
  usePage,
  useQuery,
  useViewer,
} from '@espalier/admin-kit'
import { Dna, Plus } from 'lucide-react'
import { useState } from 'react'
import { PromptChangesDocument } from '../documents.ts'
import type { PromptEvolutionsQuery } from '../graphql/graphql.ts'
import { evolutionPage, promptPage } from '../pages.ts'
import type { FoundPrompt } from '../prompt/Prompt.tsx'
import { EvolutionsDocument } from './documents.ts'
import { EvolutionBadge } from './EvolutionBadge.tsx'
import { messages } from './messages.ts'
import { NewEvolution } from './NewEvolution.tsx'

/** Runs in which the prompt got better, or did not. */
export function Evolutions({ prompt }: { prompt: FoundPrompt }) {
  const m = useMessages(messages)
  const viewer = useViewer()
  const { search } = usePage(promptPage)
  const [starting, setStarting] = useState(false)
  const query = useQuery(
    EvolutionsDocument,
    { name: prompt.name },
    { live: { document: PromptChangesDocument, again: true } },
  )
  const mayRun = viewer.may('prompts:run')
  const start = mayRun && (
    <Button variant="primary" icon={Plus} onPress={() => setStarting(true)}>
      {m.start}
    </Button>
  )
  return (
    <Answer of={query} skeleton={<Skeleton height="20rem" />}>
      {(data) => {
        const runs = data.prompt?.evolutions.nodes.filter(({ language }) => language === search.language) ?? []
        return (
          <Stack>
            {runs.length === 0 ? (
              <EmptyState icon={Dna} title={m.none} action={start}>
                <p>{m.noneText}</p>
                {!mayRun && <p>{m.mayNotRun}</p>}
              </EmptyState>
            ) : (
              start
            )}
            {runs.map((run) => (
              <Run key={run.id} run={run} name={prompt.name} />
            ))}
            {starting && <NewEvolution prompt={prompt} language={search.language} onClose={() => setStarting(false)} />}
          </Stack>
        )
      }}
    </Answer>
  )
}

type EvolutionRun = NonNullable<PromptEvolutionsQuery['prompt']>['evolutions']['nodes'][number]

function Run({ run, name }: { run: EvolutionRun; name: string }) {
  const m = useMessages(messages)
  const { moneyMicros, list } = useFormat()
  const { id, status, goals, outcome, failure, createdAt, spentMicros, budgetMicros } = run
  return (
    <Card
      title={
        <Link to={evolutionPage} params={{ name, id: plainId(id) }}>
          {outcome ? m.verdict[outcome.verdict] : goals.length > 0 ? list(goals) : m.title}
        </Link>
      }
      badge={<EvolutionBadge status={status} />}
      actions={
        <span className="e-small e-muted">
          <TimeAgo at={createdAt} />
        </span>
      }
    >
      {(outcome?.summary ?? failure) && <p>{outcome?.summary ?? failure}</p>}
      <Meter
        label={m.spent}
        value={spentMicros}
        max={budgetMicros}
        valueLabel={m.spentOf(moneyMicros(spentMicros), moneyMicros(budgetMicros))}
        tone="neutral"
      />
    </Card>
  )
}
