import type { Live, TopicDefinition } from './topic.ts'

/**
 * The ticks of a live query: one at once, so that a watcher sees the current value, and one for each message.
 * Whoever takes a tick reads the truth then; nothing that changes in between passes unseen.
 *
 * @param signal ends it
 */
export async function* follow<Message>(
  live: Live,
  workspaceId: string,
  topic: TopicDefinition<Message>,
  key: string,
  signal?: AbortSignal,
): AsyncGenerator<true, void, void> {
  const messages = live.subscribe(workspaceId, topic, key, signal)
  try {
    await messages.ready
    yield true
    for await (const _ of messages) yield true
  } finally {
    await messages.return?.()
  }
}
