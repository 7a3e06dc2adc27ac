import { marksCurrentValue } from './currentValue.ts'
import { Mailbox } from './mailbox.ts'
import type { Live, TopicDefinition } from './topic.ts'

/**
 * The ticks of a live query: one at once, so that a watcher sees the current value, and one after messages.
 * Whoever takes a tick reads the truth then; nothing that changes in between passes unseen. What is announced
 * while the truth is being read makes one more tick, however much it is.
 *
 * @param signal ends it
 */
export function follow<Message>(
  live: Live,
  workspaceId: string,
  topic: TopicDefinition<Message>,
  key: string,
  signal?: AbortSignal,
): AsyncIterableIterator<true> {
  const messages = live.subscribe(workspaceId, topic, key, signal)
  const ticks = new Mailbox<true, true>({ capacity: 1, deliver: () => true, onEnd: () => void messages.return?.() })
  const run = async () => {
    await messages.ready
    ticks.put(true)
    for await (const _ of messages) ticks.put(true)
    ticks.end()
  }
  run().catch((error: unknown) => ticks.end({ error }))
  return marksCurrentValue(ticks)
}
