import { MenuButton, startAnew, toast, useGoToAddress, useMessages, useMutation, useViewer } from '@espalier/admin-kit'
import { Check, ChevronsUpDown } from 'lucide-react'
import { graphql } from '../graphql/index.ts'
import { messages } from './messages.ts'

const SwitchWorkspaceDocument = graphql(`
  mutation SwitchWorkspace($id: ID!) {
    switchWorkspace(id: $id) {
      ... on SwitchWorkspaceSuccess {
        data {
          role
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)

/** Where one is, and the way to the other workspaces that one belongs to. */
export function WorkspaceMenu() {
  const m = useMessages(messages)
  const { workspace, workspaces } = useViewer()
  const goTo = useGoToAddress()
  const [switchTo, { busy }] = useMutation(SwitchWorkspaceDocument)
  if (workspaces.length < 2)
    return (
      <div className="workspace-name" title={m.workspace}>
        {workspace.name}
      </div>
    )
  const enter = async (id: string) => {
    const outcome = await switchTo({ id })
    if (outcome.problem) return void toast(outcome.problem.message, { tone: 'critical' })
    // What the address names belongs to the workspace that was left.
    goTo('/')
    startAnew()
  }
  return (
    <div className="frame-menu">
      <MenuButton
        label={`${m.workspace}: ${workspace.name}`}
        variant="quiet"
        disabled={busy}
        entries={workspaces.map(({ id, name }) => ({
          id,
          label: name,
          ...(id === workspace.id ? { icon: Check } : { run: () => void enter(id) }),
        }))}
      >
        <span className="workspace-name">{workspace.name}</span>
        <ChevronsUpDown aria-hidden size={14} />
      </MenuButton>
    </div>
  )
}
