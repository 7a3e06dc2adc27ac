import type { Logger } from 'pino'
import { Channels, channelName } from './channels.ts'
import { messageText } from './messageText.ts'
import type { Timers } from './timers.ts'
import type { Live, LiveSubscription, TopicDefinition } from './topic.ts'

/** Live topics within one process. */
export class MemoryLive implements Live {
  readonly ready: Promise<void> = Promise.resolve()
  readonly #channels: Channels
  readonly #log: Logger

  constructor({ log, timers }: { log: Logger; timers: Timers }) {
    this.#log = log
    this.#channels = new Channels({ log, timers })
  }

  publish<Message>(workspaceId: string, topic: TopicDefinition<Message>, key: string, message: Message): void {
    const name = channelName(workspaceId, topic.name, key)
    if (!this.#channels.has(name)) return
    // Through JSON, as between processes: what works here works there, and nobody holds the publisher's objects.
    const text = messageText(topic.name, message, this.#log)
    if (text !== undefined) this.#channels.deliver(name, JSON.parse(text))
  }

  subscribe<Message>(
    workspaceId: string,
    topic: TopicDefinition<Message>,
    key: string,
    signal?: AbortSignal,
  ): LiveSubscription<Message> {
    return this.#channels.subscribe(channelName(workspaceId, topic.name, key), topic, signal)
  }

  async close(): Promise<void> {
    this.#channels.close()
  }
}
