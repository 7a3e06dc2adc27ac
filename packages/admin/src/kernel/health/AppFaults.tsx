import { type ContributionFault, Note, useContributions, useMessages } from '@espalier/admin-kit'
import { messages } from './messages.ts'

/** What plugins wanted to add to this app and could not. Nothing where all is well. */
export function AppFaults() {
  const m = useMessages(messages)
  const { faults } = useContributions()
  if (faults.length === 0) return null
  return (
    <Note tone="warning" title={m.faults}>
      <ul>
        {faults.map((fault) => (
          <li key={JSON.stringify(fault)}>{sentenceOf(fault, m)}</li>
        ))}
      </ul>
      <p className="e-muted">{m.faultsWhy}</p>
    </Note>
  )
}

function sentenceOf(fault: ContributionFault, m: (typeof messages)['en']): string {
  const { plugin, name } = fault
  if (fault.kind === 'taken') return m.faultTaken(plugin, m.claimed[fault.what], name, fault.by)
  return fault.kind === 'noPage' ? m.faultNoPage(plugin, name) : m.faultOtherState(plugin, name)
}
