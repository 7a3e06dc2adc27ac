import {
  Badge,
  ButtonLink,
  EmptyState,
  List,
  type ListState,
  orderOf,
  PageFrame,
  Row,
  TimeAgo,
  target,
  useFormat,
  useMessages,
  useViewer,
} from '@espalier/admin-kit'
import { ListTree, MessageSquareText, Plus, Telescope } from 'lucide-react'
import { LanguageBadge, Score } from '../badges.tsx'
import { PromptChangesDocument } from '../documents.ts'
import { messages as shared } from '../messages.ts'
import { executionsPage, feedbackPage, newPromptPage, promptPage, promptsPage } from '../pages.ts'
import { PromptsDocument } from './documents.ts'
import { messages } from './messages.ts'
import './registry.css'

/** What models are told, by name. */
export default function Prompts() {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const { number } = useFormat()
  const viewer = useViewer()
  const mayWrite = viewer.may('prompts:write')
  return (
    <PageFrame
      title={words.prompts}
      lead={m.lead}
      wide
      actions={
        <Row>
          <ButtonLink to={executionsPage} icon={ListTree}>
            {m.executions}
          </ButtonLink>
          {viewer.may('feedback:read') && (
            <ButtonLink to={feedbackPage} icon={Telescope}>
              {m.feedback}
            </ButtonLink>
          )}
          {mayWrite && (
            <ButtonLink to={newPromptPage} icon={Plus} variant="primary">
              {m.new}
            </ButtonLink>
          )}
        </Row>
      }
    >
      <List
        id="prompts.prompts"
        label={words.prompts}
        page={promptsPage}
        document={PromptsDocument}
        connection={({ prompts }) => prompts}
        variables={variablesOf}
        search={m.search}
        sort="NAME"
        live={{ document: PromptChangesDocument, again: true }}
        rowLabel={({ name }) => name}
        rowPage={({ name }) => target(promptPage, { params: { name } })}
        columns={[
          { id: 'name', label: m.name, cell: ({ name }) => <strong>{name}</strong>, sort: 'NAME', width: 240 },
          {
            id: 'active',
            label: m.active,
            cell: ({ activeVariants }) => (
              <span className="prompt-versions-in-use">
                {activeVariants.map(({ id, version, language, score }) => (
                  <span key={id}>
                    <LanguageBadge language={language} /> {words.version(version)} · <Score value={score} />
                  </span>
                ))}
              </span>
            ),
            width: 265,
            fixed: true,
          },
          {
            id: 'uses',
            label: m.uses,
            cell: ({ activeVariants }) => number(activeVariants.reduce((sum, { uses }) => sum + uses, 0)),
            align: 'end',
            width: 90,
            fixed: true,
          },
          {
            id: 'description',
            label: m.description,
            cell: ({ builtIn, name, description }) => (builtIn && words.descriptions[name]) || description,
            width: 240,
          },
          {
            id: 'origin',
            label: m.origin,
            cell: ({ builtIn }) => builtIn && <Badge>{words.builtIn}</Badge>,
            width: 120,
            fixed: true,
          },
          {
            id: 'changed',
            label: m.changed,
            cell: ({ updatedAt }) => <TimeAgo at={updatedAt} />,
            sort: 'UPDATED_AT',
            sortFirst: 'down',
            width: 130,
            fixed: true,
          },
        ]}
        filters={[
          {
            id: 'origin',
            label: m.origin,
            single: true,
            options: [
              { id: 'plugins', label: m.fromPlugins },
              { id: 'here', label: m.fromHere },
            ],
          },
        ]}
        empty={
          <EmptyState
            icon={MessageSquareText}
            title={m.none}
            action={
              mayWrite && (
                <ButtonLink to={newPromptPage} variant="primary">
                  {m.new}
                </ButtonLink>
              )
            }
          >
            <p>{m.noneText}</p>
          </EmptyState>
        }
      />
    </PageFrame>
  )
}

function variablesOf({ q, sort, filter }: ListState & { filter: Record<string, string[]> }) {
  const [origin] = filter.origin ?? []
  return {
    orderBy: orderOf(sort, ['NAME', 'UPDATED_AT', 'CREATED_AT']) ?? ({ field: 'NAME', direction: 'ASC' } as const),
    filter: {
      search: q?.trim() || undefined,
      builtIn: origin === undefined ? undefined : origin === 'plugins',
    },
  }
}
