import { Note, ProgressBar, useMessages, useQuery } from '@espalier/admin-kit'
import { useEffect } from 'react'
import { graphql } from '../graphql/index.ts'
import { messages } from './messages.ts'

const DemoFillingDocument = graphql(`
  query DemoFilling($workspace: ID!) {
    demoFilling(workspace: $workspace) {
      state
      days
      of
    }
  }
`)

/** How often it is asked while days are written, in milliseconds. Whoever watches is in another workspace: nothing of it is told live. */
const every = 700

/** The invented past of the demo as it is written, by the day. */
export function DemoFilling({ workspace }: { workspace: string }) {
  const m = useMessages(messages)
  const { data, error, again } = useQuery(DemoFillingDocument, { workspace })
  const filling = data?.demoFilling
  const isWriting = filling?.state === 'WRITING'
  useEffect(() => {
    if (!isWriting) return
    const timer = setInterval(() => document.hidden || again(), every)
    return () => clearInterval(timer)
  }, [isWriting, again])
  // No past is written where pages or experiments are switched off.
  if (error || (data && !filling)) return null
  if (filling?.state === 'FAILED') return <Note tone="warning">{m.demoFailed}</Note>
  if (filling?.state === 'DONE')
    return (
      <Note tone="positive" title={m.demoDone} announced>
        {m.demoDoneLead}
      </Note>
    )
  return (
    <ProgressBar
      label={m.demoFilling}
      value={filling ? (filling.days / filling.of) * 100 : undefined}
      {...(filling && { valueLabel: m.demoDays(filling.days, filling.of) })}
    />
  )
}
