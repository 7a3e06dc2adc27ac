import {
  Button,
  EmptyState,
  invalidate,
  List,
  type ListState,
  mutate,
  orderOf,
  PageFrame,
  Stack,
  TimeAgo,
  useMessages,
  useViewer,
} from '@espalier/admin-kit'
import { Globe, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { SitesQuery } from '../graphql/graphql.ts'
import { sitesPage } from '../pages.ts'
import { TrafficParts } from '../TrafficParts.tsx'
import { AddSite } from './AddSite.tsx'
import { DeleteSiteDocument, SitesDocument } from './documents.ts'
import { messages } from './messages.ts'
import { SiteDrawer } from './SiteDrawer.tsx'

export type Site = SitesQuery['trackingSites']['nodes'][number]

/** The sites of the workspace, each with the script that counts its visitors. */
export default function Sites() {
  const m = useMessages(messages)
  const mayWrite = useViewer().may('tracking:write')
  const [adding, setAdding] = useState(false)
  const [open, setOpen] = useState<Site>()
  const add = (
    <Button variant="primary" icon={Plus} onPress={() => setAdding(true)}>
      {m.add}
    </Button>
  )
  return (
    <PageFrame title={m.title} lead={m.lead} wide actions={mayWrite && add}>
      <Stack>
        <TrafficParts />
        <List
          id="tracking.sites"
          label={m.list}
          page={sitesPage}
          document={SitesDocument}
          connection={({ trackingSites }) => trackingSites}
          variables={variablesOf}
          search={m.search}
          sort="-CREATED_AT"
          onOpen={(row) => setOpen(row)}
          rowLabel={({ name }) => name}
          columns={[
            { id: 'name', label: m.name, width: 260, sort: 'NAME', cell: ({ name }) => name },
            { id: 'key', label: m.key, width: 220, cell: ({ key }) => <code>{key}</code> },
            {
              id: 'created',
              label: m.created,
              width: 140,
              fixed: true,
              sort: 'CREATED_AT',
              sortFirst: 'down',
              cell: ({ createdAt }) => <TimeAgo at={createdAt} />,
            },
          ]}
          bulk={[
            {
              id: 'delete',
              label: m.remove,
              icon: Trash2,
              danger: true,
              may: mayWrite,
              confirm: { title: (count) => m.removeMany(count), body: m.removeText, action: m.remove, danger: true },
              run: ({ id }) => mutate(DeleteSiteDocument, { id }),
            },
          ]}
          empty={
            <EmptyState icon={Globe} title={m.empty} action={mayWrite && add}>
              {m.emptyWhy}
            </EmptyState>
          }
        />
      </Stack>
      <AddSite
        open={adding}
        onClose={() => setAdding(false)}
        onAdded={(site) => {
          invalidate('trackingSites')
          setAdding(false)
          setOpen(site)
        }}
      />
      <SiteDrawer site={open} mayWrite={mayWrite} onRenamed={setOpen} onClose={() => setOpen(undefined)} />
    </PageFrame>
  )
}

function variablesOf({ q, sort }: ListState) {
  return { filter: { search: q }, orderBy: orderOf(sort, ['NAME', 'CREATED_AT']) }
}
