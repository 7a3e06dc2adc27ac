import {
  Badge,
  chosenOf,
  Drawer,
  EmptyState,
  List,
  type ListConnection,
  Stack,
  type Tone,
  useMessages,
} from '@espalier/admin-kit'
import { FileUp } from 'lucide-react'
import { useState } from 'react'
import type { ExperimentImportItemsQuery } from '../graphql/graphql.ts'
import { importPage } from '../pages.ts'
import { ImportItemsDocument } from './documents.ts'
import { messages } from './messages.ts'

type Item = NonNullable<ExperimentImportItemsQuery['experimentImport']>['items']['nodes'][number]

function itemsOf({ experimentImport }: ExperimentImportItemsQuery): ListConnection<Item> {
  return experimentImport?.items ?? { nodes: [], pageInfo: { hasNextPage: false } }
}

const outcomes = ['PLANNED', 'MADE', 'KNOWN', 'INCLUDED', 'IMPOSSIBLE', 'FAILED'] as const
const kinds = ['METRIC', 'EXPERIMENT', 'FEATURE'] as const

const tones: Readonly<Record<Item['outcome'], Tone>> = {
  PLANNED: 'info',
  MADE: 'positive',
  KNOWN: 'neutral',
  INCLUDED: 'neutral',
  IMPOSSIBLE: 'warning',
  FAILED: 'critical',
}

/** Everything that a file holds, and what becomes of each. */
export function ImportItems({ id }: { id: string }) {
  const m = useMessages(messages)
  const [open, setOpen] = useState<Item>()
  const becomes = ({ outcome }: Item) => <Badge tone={tones[outcome]}>{m.outcome[outcome]}</Badge>
  return (
    <>
      <List
        id="experiments.import"
        label={m.items}
        page={importPage}
        document={ImportItemsDocument}
        connection={itemsOf}
        search={m.search}
        variables={({ q, filter }) => {
          const outcome = chosenOf(filter.outcome, outcomes)
          const kind = chosenOf(filter.kind, kinds)
          return {
            id,
            filter: {
              ...(q?.trim() ? { search: q.trim() } : {}),
              ...(outcome ? { outcome } : {}),
              ...(kind ? { kind } : {}),
            },
            orderBy: { field: 'POSITION', direction: 'ASC' },
          } as const
        }}
        rowLabel={({ name }) => name}
        onOpen={setOpen}
        filters={[
          { id: 'outcome', label: m.becomes, options: outcomes.map((id) => ({ id, label: m.outcome[id] })) },
          { id: 'kind', label: m.kindOf, options: kinds.map((id) => ({ id, label: m.kind[id] })) },
        ]}
        columns={[
          { id: 'name', label: m.name, width: 220, cell: ({ name }) => name },
          { id: 'kind', label: m.kindOf, width: 110, fixed: true, cell: ({ kind }) => m.kind[kind] },
          { id: 'outcome', label: m.becomes, width: 180, fixed: true, cell: becomes },
          { id: 'key', label: m.key, width: 160, cell: ({ key }) => key && <code>{key}</code> },
          {
            id: 'keeps',
            label: m.keeps,
            width: 140,
            fixed: true,
            cell: ({ keepsAssignment }) =>
              keepsAssignment !== null && (
                <Badge tone={keepsAssignment ? 'positive' : 'warning'}>{keepsAssignment ? m.kept : m.moved}</Badge>
              ),
          },
          { id: 'notes', label: m.notes, width: 420, cell: ({ notes }) => notes.join(' ') },
        ]}
        empty={<EmptyState icon={FileUp} title={m.empty} />}
      />
      {open && (
        <Drawer title={open.name} open onClose={() => setOpen(undefined)}>
          <Stack gap={3}>
            {becomes(open)}
            {open.notes.map((note) => (
              <p key={note}>{note}</p>
            ))}
          </Stack>
        </Drawer>
      )}
    </>
  )
}
