import {
  BarChart,
  ButtonLink,
  Card,
  EmptyState,
  LineageGraph,
  Stack,
  useFormat,
  useMessages,
  usePage,
  useViewer,
} from '@espalier/admin-kit'
import { MessageSquareText } from 'lucide-react'
import { messages as shared } from '../messages.ts'
import { promptPage, writeVersionPage } from '../pages.ts'
import type { FoundPrompt, Variant } from '../prompt/Prompt.tsx'
import { AskedVersion } from './AskedVersion.tsx'
import { messages } from './messages.ts'
import { VersionDetail } from './VersionDetail.tsx'
import { VersionList } from './VersionList.tsx'
import './versions.css'

/** The versions of one language: a list, the one that is looked at, and how they do beside each other. */
export function Versions({ prompt }: { prompt: FoundPrompt }) {
  const m = useMessages(messages)
  const viewer = useViewer()
  const { search } = usePage(promptPage)
  const variants = prompt.variants.nodes
    .filter(({ language }) => language === search.language)
    .toSorted((one, other) => other.version - one.version)
  const shown =
    variants.find(({ version }) => version === search.version) ??
    variants.find(({ status }) => status === 'ACTIVE') ??
    variants[0]
  if (!shown)
    return (
      <EmptyState
        icon={MessageSquareText}
        title={m.none}
        action={
          viewer.may('prompts:write') && (
            <ButtonLink to={writeVersionPage} params={{ name: prompt.name }} search={{ language: search.language }}>
              {m.write}
            </ButtonLink>
          )
        }
      >
        <p>{m.noneText}</p>
      </EmptyState>
    )
  return (
    <Stack gap={6}>
      {search.asked && <AskedVersion prompt={prompt} asked={search.asked} />}
      <div className="prompts-versions">
        <VersionList variants={variants} shown={shown} />
        <VersionDetail key={shown.id} prompt={prompt} variant={shown} variants={variants} />
      </div>
      <Compared variants={variants} shown={shown} />
    </Stack>
  )
}

/** Scores beside each other, and what came of what. */
function Compared({ variants, shown }: { variants: readonly Variant[]; shown: Variant }) {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const { number } = useFormat()
  const { setSearch } = usePage(promptPage)
  const inOrder = variants.toReversed()
  const edges = inOrder.flatMap((variant) =>
    variant.parents.flatMap(({ kind, parent }) =>
      inOrder.some(({ id }) => id === parent.id) ? [{ from: parent.id, to: variant.id, label: m.kinds[kind] }] : [],
    ),
  )
  return (
    <>
      {inOrder.some(({ score }) => score != null) && (
        <Card title={m.scores} lead={m.scoresLead}>
          <BarChart
            label={m.scores}
            height={180}
            parts={[{ id: 'score', label: words.score }]}
            bars={inOrder.map(({ id, version, score }) => ({
              id,
              label: words.version(version),
              short: String(version),
              values: [score ?? null],
            }))}
            formatValue={(score) => number(score, 2)}
          />
        </Card>
      )}
      {edges.length > 0 && (
        <Card title={m.lineage}>
          <LineageGraph
            label={m.lineage}
            nodes={inOrder.map(({ id, version, status, score }) => ({
              id,
              label: words.version(version),
              detail: [words.status[status], ...(score == null ? [] : [number(score, 2)])].join(' · '),
              emphasized: status === 'ACTIVE',
            }))}
            edges={edges}
            selected={shown.id}
            onSelect={(id) => setSearch({ version: inOrder.find((variant) => variant.id === id)?.version })}
          />
        </Card>
      )}
    </>
  )
}
