import { Card, ProgressBar, Stack, toast, useFormat, useMessages, useQuery } from '@espalier/admin-kit'
import { useEffect, useRef } from 'react'
import { WorkspaceDeletionsDocument } from './documents.ts'
import { messages } from './messages.ts'

/** How often it is asked while rows still go, in milliseconds. Nobody is in such a workspace: nothing of it is told live. */
const every = 1_000

/** How far the workspaces are that one has deleted; nothing where there are none. */
export function Deletions() {
  const m = useMessages(messages)
  const { percent } = useFormat()
  const { data, again } = useQuery(WorkspaceDeletionsDocument, {})
  const deletions = data?.workspaceDeletions ?? []
  const isGoing = deletions.length > 0
  useEffect(() => {
    if (!isGoing) return
    const timer = setInterval(() => document.hidden || again(), every)
    return () => clearInterval(timer)
  }, [isGoing, again])
  const before = useRef<readonly { id: string; name: string }[]>([])
  useEffect(() => {
    if (!data) return
    for (const { id, name } of before.current)
      if (!data.workspaceDeletions.some((deletion) => deletion.id === id)) toast(m.deleted(name), { tone: 'positive' })
    before.current = data.workspaceDeletions
  }, [data, m])
  if (!isGoing) return null
  return (
    <Card title={m.deletions} lead={m.deletionsLead}>
      <Stack>
        {deletions.map(({ id, name, share }) => (
          <ProgressBar key={id} label={name} value={share * 100} valueLabel={percent(share, 0)} />
        ))}
      </Stack>
    </Card>
  )
}
