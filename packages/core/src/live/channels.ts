import type { Logger } from 'pino'
import { Coalescer } from './coalescer.ts'
import { Mailbox } from './mailbox.ts'
import type { Timers } from './timers.ts'
import type { LiveMessage, LiveSubscription, TopicDefinition } from './topic.ts'

/** Messages that wait for a subscriber before the oldest is dropped. */
export const mailboxCapacity = 64

/**
 * The name of what one topic and key of one workspace travel on. Written as JSON, so that no workspace, topic
 * or key, whatever it contains, can spell the name of another.
 */
export function channelName(workspaceId: string, topic: string, key: string): string {
  return JSON.stringify([workspaceId, topic, key])
}

export interface ChannelsOptions {
  readonly log: Logger
  readonly timers: Timers
  /** Called when a channel gets its first subscriber. @returns when it is heard, for channels that come from afar */
  readonly onOpen?: (name: string) => Promise<void> | undefined
  /** Called when a channel has lost its last subscriber. */
  readonly onClose?: (name: string) => void
}

interface Channel {
  readonly topic: TopicDefinition<unknown>
  readonly mailboxes: Set<Mailbox<unknown, LiveMessage<unknown>>>
  readonly coalescer: Coalescer<unknown> | undefined
  ready: Promise<void>
}

/** The subscribers of this process, by channel. A channel exists while it has subscribers. */
export class Channels {
  readonly #options: ChannelsOptions
  readonly #channels = new Map<string, Channel>()
  #closed = false

  constructor(options: ChannelsOptions) {
    this.#options = options
  }

  get names(): string[] {
    return [...this.#channels.keys()]
  }

  has(name: string): boolean {
    return this.#channels.has(name)
  }

  subscribe<Message>(name: string, topic: TopicDefinition<Message>, signal?: AbortSignal): LiveSubscription<Message> {
    const leave = () => mailbox.close()
    const mailbox = new Mailbox<Message, LiveMessage<Message>>({
      capacity: mailboxCapacity,
      deliver: (message, gap) => ({ message, gap }),
      onEnd: () => {
        signal?.removeEventListener('abort', leave)
        this.#leave(name, mailbox as Mailbox<unknown, LiveMessage<unknown>>)
      },
    })
    if (this.#closed || signal?.aborted) {
      mailbox.close()
      return Object.assign(mailbox, { ready: Promise.resolve() })
    }
    signal?.addEventListener('abort', leave, { once: true })
    const channel = this.#channels.get(name) ?? this.#open(name, topic as TopicDefinition<unknown>)
    channel.mailboxes.add(mailbox as Mailbox<unknown, LiveMessage<unknown>>)
    return Object.assign(mailbox, { ready: channel.ready })
  }

  /** Hands a message to the channel's subscribers, at the topic's pace. */
  deliver(name: string, message: unknown): void {
    const channel = this.#channels.get(name)
    if (!channel) return
    if (channel.coalescer) channel.coalescer.add(message)
    else for (const mailbox of channel.mailboxes) mailbox.put(message)
  }

  /** Tells every subscriber that at least `count` messages may have been lost on their way. */
  lose(count: number): void {
    for (const [name, channel] of this.#channels) {
      for (const mailbox of channel.mailboxes) mailbox.lose(count)
      if (channel.topic.afterGap) this.deliver(name, channel.topic.afterGap(keyOf(name)))
    }
  }

  close(): void {
    this.#closed = true
    for (const channel of this.#channels.values()) {
      for (const mailbox of channel.mailboxes) mailbox.close()
    }
  }

  #open(name: string, topic: TopicDefinition<unknown>): Channel {
    const mailboxes: Channel['mailboxes'] = new Set()
    const channel: Channel = {
      topic,
      mailboxes,
      coalescer: coalescerFor(topic, this.#options, (message) => {
        for (const mailbox of mailboxes) mailbox.put(message)
      }),
      ready: Promise.resolve(),
    }
    this.#channels.set(name, channel)
    const opened = this.#options.onOpen?.(name)
    if (opened) channel.ready = opened
    return channel
  }

  #leave(name: string, mailbox: Mailbox<unknown, LiveMessage<unknown>>): void {
    const channel = this.#channels.get(name)
    if (!channel?.mailboxes.delete(mailbox) || channel.mailboxes.size > 0) return
    channel.coalescer?.stop()
    this.#channels.delete(name)
    this.#options.onClose?.(name)
  }
}

/** A topic's coalescer, where it has one. A merge that throws is logged, and the later message stands for both. */
export function coalescerFor(
  topic: TopicDefinition<unknown>,
  { log, timers }: Pick<ChannelsOptions, 'log' | 'timers'>,
  deliver: (message: unknown) => void,
  onIdle?: () => void,
): Coalescer<unknown> | undefined {
  const { name, coalesce } = topic
  if (!coalesce) return undefined
  const merge = (earlier: unknown, later: unknown) => {
    try {
      return coalesce(earlier, later)
    } catch (error) {
      log.error(
        { err: error, topic: name },
        `Topic "${name}": its coalesce function failed; the later message stands for both.`,
      )
      return later
    }
  }
  return new Coalescer({ merge, deliver, timers, ...(onIdle && { onIdle }) })
}

/** The key in a {@link channelName}. */
function keyOf(name: string): string {
  const [, , key] = JSON.parse(name) as [string, string, string]
  return key
}
