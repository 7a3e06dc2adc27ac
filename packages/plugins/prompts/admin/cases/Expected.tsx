import { useFormat, useMessages } from '@espalier/admin-kit'
import { type Expectation, readExpectation } from './expectation.ts'
import { messages } from './messages.ts'

/** What a good answer holds, in sentences. */
export function Expected({ expectation }: { expectation: unknown }) {
  const m = useMessages(messages)
  const { list, number } = useFormat()
  const { checks, judge } = readExpectation(expectation)
  const say = (check: Expectation['checks'][number]) => {
    if ('values' in check) return m.rules[check.check](list(check.values.map(m.quoted)))
    if (check.check === 'equals') return m.rules.equals(m.quoted(check.value))
    return m.rules[check.check](number(check.value))
  }
  return (
    <ul style={{ listStyle: 'none' }}>
      {checks.map((check) => (
        <li key={JSON.stringify(check)}>{say(check)}</li>
      ))}
      {judge && <li>{judge}</li>}
    </ul>
  )
}
