import { useFormat, useMessages } from '@espalier/admin-kit'
import { messages } from './messages.ts'

/** What a call cost: nothing from memory, and nobody knows where the model has no price. */
export function CallCost({ micros, cacheHit }: { micros: number | null; cacheHit: boolean }) {
  const m = useMessages(messages)
  const { moneyMicros } = useFormat()
  if (cacheHit) return <span className="e-muted">{m.cached}</span>
  if (micros === null) return <span className="e-muted">{m.unpriced}</span>
  return <span className="e-number">{moneyMicros(micros)}</span>
}
