import { Note, Section, Stack, useMessages } from '@espalier/admin-kit'
import { CurrentTurn } from './CurrentTurn.tsx'
import { Earned } from './Earned.tsx'
import { Mode } from './Mode.tsx'
import { messages } from './messages.ts'
import type { ImprovingPage } from './PageImprovement.tsx'
import { Patterns } from './Patterns.tsx'
import { StepToDecide } from './StepToDecide.tsx'
import { Variants } from './Variants.tsx'

/** What waits for a person, what is under way, what it has earned, and how its variants do. */
export function Overview({ page, mayDecide }: { page: ImprovingPage; mayDecide: boolean }) {
  const m = useMessages(messages)
  const waiting = page.waiting.nodes
  const problem = page.loop?.problem
  return (
    <Stack gap={8}>
      {problem && (
        <Note tone="critical" title={m.problem}>
          {m.problems[problem] ?? problem}
        </Note>
      )}
      {waiting.length > 0 && (
        <Section title={m.toDecide}>
          <Stack gap={3}>
            {waiting.map((step) => (
              <StepToDecide key={step.id} step={step} mayDecide={mayDecide} />
            ))}
          </Stack>
        </Section>
      )}
      <CurrentTurn page={page} mayDecide={mayDecide} />
      <Mode page={page} mayDecide={mayDecide} />
      {page.loop && (
        <>
          <Earned page={page} />
          <Variants page={page} />
          <Patterns page={page} />
        </>
      )}
    </Stack>
  )
}
