import {
  Badge,
  Button,
  chosenOf,
  EmptyState,
  List,
  type ListState,
  mutate,
  orderOf,
  PageFrame,
  Stack,
  TimeAgo,
  useMessages,
  useViewer,
  useWords,
} from '@espalier/admin-kit'
import { UserMinus, UserPlus, UsersRound } from 'lucide-react'
import { useState } from 'react'
import type { MembersQuery } from '../../graphql/graphql.ts'
import { changesOf } from '../live.ts'
import { membersPage } from '../pages.ts'
import { MembersDocument, RemoveMemberDocument } from './documents.ts'
import { Invitations } from './Invitations.tsx'
import { InviteDialog } from './InviteDialog.tsx'
import { messages } from './messages.ts'
import { RoleDialog } from './RoleDialog.tsx'
import { roles } from './roles.ts'

export type Member = MembersQuery['members']['nodes'][number]

/** Who is in the workspace, who was invited, and what each role may. */
export default function Members() {
  const m = useMessages(messages)
  const words = useWords()
  const { user, may } = useViewer()
  const mayWrite = may('members:write')
  const [inviting, setInviting] = useState(false)
  const [changing, setChanging] = useState<Member>()
  const invite = mayWrite && (
    <Button icon={UserPlus} variant="primary" onPress={() => setInviting(true)}>
      {m.invite}
    </Button>
  )
  return (
    <PageFrame title={words(membersPage.title)} lead={m.lead} actions={invite} wide>
      <Stack gap={6}>
        <Invitations />
        <List
          id="core.members"
          label={m.list}
          page={membersPage}
          document={MembersDocument}
          connection={({ members }) => members}
          variables={variablesOf}
          search={m.search}
          live={changesOf('Member', 'User')}
          sort="CREATED_AT"
          columns={[
            {
              id: 'name',
              label: m.name,
              width: 200,
              cell: (member) => (
                <>
                  {member.user.name} {member.user.id === user.id && <Badge>{m.you}</Badge>}
                </>
              ),
            },
            { id: 'email', label: m.email, width: 260, cell: (member) => member.user.email },
            { id: 'role', label: m.role, width: 140, sort: 'ROLE', cell: ({ role }) => m.roles[role] },
            {
              id: 'since',
              label: m.since,
              width: 130,
              fixed: true,
              sort: 'CREATED_AT',
              cell: ({ createdAt }) => <TimeAgo at={createdAt} />,
            },
          ]}
          filters={[{ id: 'role', label: m.role, options: roles.map((id) => ({ id, label: m.roles[id] })) }]}
          rowLabel={(member) => member.user.name}
          onOpen={(member) => mayWrite && setChanging(member)}
          bulk={[
            {
              id: 'remove',
              label: m.remove,
              icon: UserMinus,
              danger: true,
              may: mayWrite,
              confirm: { title: m.removeTitle, body: m.removeText, action: m.remove, danger: true },
              run: ({ id }) => mutate(RemoveMemberDocument, { id }),
            },
          ]}
          empty={
            <EmptyState icon={UsersRound} title={m.empty} action={invite}>
              {m.emptyWhy}
            </EmptyState>
          }
        />
      </Stack>
      <InviteDialog open={inviting} onClose={() => setInviting(false)} />
      {changing && <RoleDialog member={changing} onClose={() => setChanging(undefined)} />}
    </PageFrame>
  )
}

function variablesOf({ q, sort, filter }: ListState & { filter: Record<string, string[]> }) {
  return {
    filter: { search: q?.trim() || undefined, role: chosenOf(filter.role, roles) },
    orderBy: orderOf(sort, ['CREATED_AT', 'ROLE']),
  }
}
