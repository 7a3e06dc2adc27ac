import { Answer, Card, PageFrame, Stack, useMessages, useQuery, useViewer, useWords } from '@espalier/admin-kit'
import { changesOf } from '../live.ts'
import { workspacePage } from '../pages.ts'
import { DeleteWorkspace } from './DeleteWorkspace.tsx'
import { Deletions } from './Deletions.tsx'
import { WorkspaceSettingsDocument } from './documents.ts'
import { messages } from './messages.ts'
import { NameForm } from './NameForm.tsx'
import { TimeZone } from './TimeZone.tsx'
import { Workspaces } from './Workspaces.tsx'

/** The workspace itself, and the others that one belongs to. */
export default function Workspace() {
  const m = useMessages(messages)
  const words = useWords()
  const { runs } = useViewer()
  const workspace = useQuery(WorkspaceSettingsDocument, {}, { live: changesOf('Workspace') })
  return (
    <PageFrame title={words(workspacePage.title)} lead={m.lead}>
      <Stack gap={6}>
        <Deletions />
        <Card title={m.naming}>
          <Answer of={workspace} height="13rem">
            {(data) => <NameForm workspace={data.workspace} />}
          </Answer>
        </Card>
        <Card title={m.time} lead={m.timeLead}>
          {runs('tracking') ? <TimeZone /> : <p>{m.noTracking}</p>}
        </Card>
        <Workspaces />
        <DeleteWorkspace />
      </Stack>
    </PageFrame>
  )
}
