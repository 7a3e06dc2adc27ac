import {
  Answer,
  Badge,
  Button,
  Card,
  DescriptionList,
  EmptyState,
  JsonView,
  Row,
  Skeleton,
  Stack,
  TimeAgo,
  toast,
  useConfirm,
  useMessages,
  useMutation,
  usePage,
  useQuery,
  useViewer,
} from '@espalier/admin-kit'
import { ListChecks, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { PromptChangesDocument } from '../documents.ts'
import type { PromptCasesQuery } from '../graphql/graphql.ts'
import { promptPage } from '../pages.ts'
import type { FoundPrompt } from '../prompt/Prompt.tsx'
import { CasesDocument, DeleteCaseDocument } from './documents.ts'
import { Expected } from './Expected.tsx'
import { messages } from './messages.ts'
import { NewCase } from './NewCase.tsx'

/** Examples that wordings are tried on. */
export function Cases({ prompt }: { prompt: FoundPrompt }) {
  const m = useMessages(messages)
  const viewer = useViewer()
  const { search } = usePage(promptPage)
  const [adding, setAdding] = useState(false)
  // Where the page that is looked at begins.
  const [after, setAfter] = useState<string | null>(null)
  const query = useQuery(
    CasesDocument,
    { name: prompt.name, after, given: viewer.may('ai:read') },
    { keep: true, live: { document: PromptChangesDocument, again: true } },
  )
  const add = viewer.may('prompts:write') && (
    <Button variant="primary" icon={Plus} onPress={() => setAdding(true)}>
      {m.add}
    </Button>
  )
  return (
    <Answer of={query} skeleton={<Skeleton height="24rem" />}>
      {(data) => {
        const found = data.prompt?.cases
        const cases = found?.nodes.filter(({ language }) => language === search.language) ?? []
        const heldBack = cases.filter((each) => each.heldBack).length
        return (
          <Stack>
            {cases.length === 0 ? (
              <EmptyState icon={ListChecks} title={m.none} action={add}>
                <p>{m.lead}</p>
                <p>{m.noneText}</p>
              </EmptyState>
            ) : (
              <Row spread>
                <p className="e-muted">
                  {m.lead} {m.counts(cases.length - heldBack, heldBack)}
                </p>
                {add}
              </Row>
            )}
            {cases.map((each) => (
              <CaseCard key={each.id} example={each} />
            ))}
            <Row>
              {after !== null && <Button onPress={() => setAfter(null)}>{m.first}</Button>}
              {found?.pageInfo.hasNextPage && (
                <Button onPress={() => setAfter(found.pageInfo.endCursor ?? null)}>{m.next}</Button>
              )}
            </Row>
            {adding && (
              <NewCase
                prompt={prompt}
                language={search.language}
                onClose={() => setAdding(false)}
                changed={query.again}
              />
            )}
          </Stack>
        )
      }}
    </Answer>
  )
}

type Example = NonNullable<PromptCasesQuery['prompt']>['cases']['nodes'][number]

function CaseCard({ example }: { example: Example }) {
  const m = useMessages(messages)
  const viewer = useViewer()
  const confirm = useConfirm()
  const [remove, { busy }] = useMutation(DeleteCaseDocument, { invalidates: ['prompt'] })
  const removeIt = async () => {
    if (!(await confirm({ title: m.removeTitle, text: m.removeText, confirm: m.remove, danger: true }))) return
    const { problem } = await remove({ id: example.id })
    toast(problem?.message ?? m.removed, { tone: problem ? 'critical' : 'positive' })
  }
  return (
    <Card>
      <Row spread>
        <Row>
          <Badge tone={example.heldBack ? 'warning' : 'info'}>{example.heldBack ? m.heldBack : m.teaches}</Badge>
          <span className="e-small e-muted">
            <TimeAgo at={example.createdAt} />
          </span>
        </Row>
        {viewer.may('prompts:write') && (
          <Button size="small" variant="quiet" icon={Trash2} busy={busy} onPress={() => void removeIt()}>
            {m.remove}
          </Button>
        )}
      </Row>
      <DescriptionList
        items={[
          [m.expects, <Expected key="expects" expectation={example.expectation} />],
          [
            m.given,
            example.variables === undefined ? (
              <span key="hidden" className="e-muted">
                {m.givenHidden}
              </span>
            ) : (
              <JsonView key="given" label={m.given} value={example.variables} height="8rem" />
            ),
          ],
        ]}
      />
    </Card>
  )
}
