import { Button, toast, useMessages, useMutation } from '@espalier/admin-kit'
import { Gauge, Sparkles } from 'lucide-react'
import { messages } from './messages.ts'
import { ImproveNowDocument } from './mutations.ts'
import type { ImprovingPage } from './PageImprovement.tsx'

/** Asks for a turn now, instead of waiting for the next. */
export function TurnActions({ page }: { page: ImprovingPage }) {
  const m = useMessages(messages)
  const [improve, { busy }] = useMutation(ImproveNowDocument)
  if (!page.loop || page.loop.mode === 'OFF') return null
  const ask = async (kind: 'ANALYSIS' | 'GENERATION') => {
    const { problem } = await improve({ pageId: page.id, kind })
    toast(problem?.message ?? m.asked, { tone: problem ? 'warning' : 'neutral' })
  }
  return (
    <>
      <Button icon={Gauge} busy={busy} onPress={() => void ask('ANALYSIS')}>
        {m.analyzeNow}
      </Button>
      <Button icon={Sparkles} busy={busy} onPress={() => void ask('GENERATION')}>
        {m.proposeNow}
      </Button>
    </>
  )
}
