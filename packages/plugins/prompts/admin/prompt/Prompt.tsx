import {
  Answer,
  Badge,
  ButtonLink,
  Failure,
  Link,
  MenuButton,
  PageFrame,
  Row,
  SegmentedControl,
  Skeleton,
  Stack,
  Tabs,
  useMessages,
  usePage,
  useQuery,
  useViewer,
} from '@espalier/admin-kit'
import { Pencil, PenLine } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { Cases } from '../cases/Cases.tsx'
import { PromptChangesDocument, PromptDocument } from '../documents.ts'
import { Evolutions } from '../evolution/Evolutions.tsx'
import { PromptExecutions } from '../executions/PromptExecutions.tsx'
import type { PromptQuery } from '../graphql/graphql.ts'
import { messages as shared } from '../messages.ts'
import { type PromptTab, promptPage, promptsPage, promptTabs, writeVersionPage } from '../pages.ts'
import { Tests } from '../tests/Tests.tsx'
import { Versions } from '../versions/Versions.tsx'
import { Describe } from './Describe.tsx'
import { messages } from './messages.ts'
import { TryOut } from './TryOut.tsx'

export type FoundPrompt = NonNullable<PromptQuery['prompt']>
export type Variant = FoundPrompt['variants']['nodes'][number]

/** One prompt: what it says in each version, how that does, and how it gets better. */
export default function Prompt() {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const viewer = useViewer()
  const { params, search, setSearch } = usePage(promptPage)
  const query = useQuery(
    PromptDocument,
    { name: params.name },
    { live: { document: PromptChangesDocument, again: true } },
  )
  const [describing, setDescribing] = useState(false)
  const prompt = query.data?.prompt
  const mayWrite = viewer.may('prompts:write')
  return (
    <PageFrame
      title={params.name}
      badge={prompt?.builtIn && <Badge>{words.builtIn}</Badge>}
      lead={prompt && ((prompt.builtIn && words.descriptions[prompt.name]) || prompt.description)}
      breadcrumbs={<Link to={promptsPage}>{words.prompts}</Link>}
      wide
      actions={
        <Row>
          <SegmentedControl
            label={m.language}
            options={(['EN', 'FR'] as const).map((id) => ({ id, label: words.languages[id] }))}
            value={search.language}
            onChange={(language) => setSearch({ language, version: undefined, against: undefined })}
          />
          {mayWrite && prompt && (
            <ButtonLink
              to={writeVersionPage}
              params={params}
              search={{ language: search.language, from: search.version }}
              icon={PenLine}
              variant="primary"
            >
              {m.write}
            </ButtonLink>
          )}
          {mayWrite && prompt && !prompt.builtIn && (
            <MenuButton
              label={m.more}
              iconOnly
              entries={[{ id: 'describe', label: m.describe, icon: Pencil, run: () => setDescribing(true) }]}
            />
          )}
        </Row>
      }
    >
      <Answer of={query} skeleton={<Skeleton height="36rem" />}>
        {({ prompt }) =>
          prompt ? (
            <Stack>
              <Tabs
                label={m.parts}
                value={search.tab}
                onChange={(tab) => setSearch({ tab })}
                tabs={promptTabs.map((id) => ({ id, label: m.tabs[id], content: contentOf(id, prompt) }))}
              />
              {describing && <Describe prompt={prompt} onClose={() => setDescribing(false)} />}
            </Stack>
          ) : (
            <Failure error={{ code: 'NOT_FOUND', message: words.gone }} />
          )
        }
      </Answer>
    </PageFrame>
  )
}

function contentOf(tab: PromptTab, prompt: FoundPrompt): ReactNode {
  switch (tab) {
    case 'versions':
      return <Versions prompt={prompt} />
    case 'try':
      return <TryOut prompt={prompt} />
    case 'tests':
      return <Tests prompt={prompt} />
    case 'cases':
      return <Cases prompt={prompt} />
    case 'evolution':
      return <Evolutions prompt={prompt} />
    case 'executions':
      return <PromptExecutions prompt={prompt} />
  }
}
