import {
  Answer,
  Button,
  EmptyState,
  LinkElsewhere,
  Skeleton,
  Stack,
  useMessages,
  usePage,
  useQuery,
  useViewer,
} from '@espalier/admin-kit'
import { FlaskConical, Plus } from 'lucide-react'
import { useState } from 'react'
import { PromptChangesDocument } from '../documents.ts'
import { pluginSettings } from '../elsewhere.ts'
import { promptPage } from '../pages.ts'
import type { FoundPrompt } from '../prompt/Prompt.tsx'
import { TestsDocument } from './documents.ts'
import { messages } from './messages.ts'
import { NewTest } from './NewTest.tsx'
import { TestCard } from './TestCard.tsx'

/** A/B tests between versions of one language. */
export function Tests({ prompt }: { prompt: FoundPrompt }) {
  const m = useMessages(messages)
  const viewer = useViewer()
  const { search } = usePage(promptPage)
  const [making, setMaking] = useState(false)
  const query = useQuery(
    TestsDocument,
    { name: prompt.name },
    { live: { document: PromptChangesDocument, again: true } },
  )
  const mayWrite = viewer.may('prompts:write')
  const inLanguage = prompt.variants.nodes.filter(({ language }) => language === search.language)
  const active = inLanguage.find(({ status }) => status === 'ACTIVE')
  const candidates = inLanguage.filter(({ id }) => id !== active?.id)
  const canMake = mayWrite && active !== undefined && candidates.length > 0
  const make = (
    <Button variant="primary" icon={Plus} onPress={() => setMaking(true)}>
      {m.new}
    </Button>
  )
  return (
    <Answer of={query} skeleton={<Skeleton height="24rem" />}>
      {(data) => {
        const tests = data.prompt?.tests.nodes.filter(({ language }) => language === search.language) ?? []
        return (
          <Stack>
            {tests.length === 0 ? (
              <EmptyState icon={FlaskConical} title={m.none} action={canMake && make}>
                <p>{m.noneText}</p>
                {mayWrite && !canMake && <p>{m.needDraft}</p>}
              </EmptyState>
            ) : (
              canMake && make
            )}
            {tests.map((test) => (
              <TestCard key={test.id} test={test} />
            ))}
            <p className="e-small">
              <LinkElsewhere to={pluginSettings} params={{ name: 'prompts' }}>
                {m.settings}
              </LinkElsewhere>
            </p>
            {making && (
              <NewTest prompt={prompt} candidates={candidates} onClose={() => setMaking(false)} changed={query.again} />
            )}
          </Stack>
        )
      }}
    </Answer>
  )
}
