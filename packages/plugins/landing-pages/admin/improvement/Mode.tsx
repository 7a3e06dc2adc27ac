import {
  DescriptionList,
  Note,
  RadioGroup,
  Section,
  Stack,
  TimeAgo,
  toast,
  useMessages,
  useMutation,
} from '@espalier/admin-kit'
import { messages } from './messages.ts'
import { SetImprovementDocument } from './mutations.ts'
import type { ImprovingPage } from './PageImprovement.tsx'

const modes = ['OFF', 'APPROVE', 'AUTOMATIC'] as const

/** Whether the page improves itself, who says yes, and when the next turns come. */
export function Mode({ page, mayDecide }: { page: ImprovingPage; mayDecide: boolean }) {
  const m = useMessages(messages)
  const [set, { busy, problem }] = useMutation(SetImprovementDocument)
  const { loop } = page
  const mode = loop?.mode ?? 'OFF'
  const isPublic = page.status === 'ACTIVE'
  const choose = async (next: (typeof modes)[number]) => {
    if (next === mode) return
    const { problem } = await set({ pageId: page.id, mode: next })
    if (!problem) toast(next === 'OFF' ? m.turnedOff : mode === 'OFF' ? m.turnedOn : m.changed, { tone: 'positive' })
  }
  return (
    <Section title={m.mode} {...(mode === 'OFF' ? { lead: m.offHow } : {})}>
      <Stack gap={4}>
        {!isPublic && <Note tone="warning">{m.unpublished}</Note>}
        <RadioGroup
          label={m.mode}
          labelHidden
          value={mode}
          onChange={(next) => void choose(next)}
          disabled={!mayDecide || busy}
          options={modes.map((id) => ({
            id,
            label: m.modes[id],
            detail: m.modeHints[id],
            disabled: !isPublic && id !== 'OFF' && mode === 'OFF',
          }))}
        />
        {problem && (
          <Note tone="critical" announced>
            {problem.message}
          </Note>
        )}
        {loop && mode !== 'OFF' && (
          <DescriptionList
            items={[
              [m.newVariants, loop.generatorSummary],
              [m.nextAnalysis, inTime(loop.nextAnalysisAt)],
              [m.nextGeneration, inTime(loop.nextGenerationAt)],
            ]}
          />
        )}
      </Stack>
    </Section>
  )
}

function inTime(at: string | null | undefined) {
  return at ? <TimeAgo at={at} /> : undefined
}
