import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { redisUnreachable } from '../redisUnreachable.ts'
import { Channels, channelName, coalescerFor } from './channels.ts'
import type { Coalescer } from './coalescer.ts'
import { keepAlive } from './heartbeat.ts'
import { messageText } from './messageText.ts'
import { RedisSender } from './redisSender.ts'
import type { Timers } from './timers.ts'
import type { Live, LiveSubscription, TopicDefinition } from './topic.ts'

/** SUBSCRIBE names so many channels at a time, when a connection is back. */
const channelsPerSubscribe = 500

/**
 * Live topics across processes, over Redis pub/sub. Subscribers of this process hear its messages directly,
 * whatever Redis does; other processes hear them through Redis, one message per publish, and only on the
 * channels that somebody there subscribes to.
 */
export class RedisLive implements Live {
  readonly ready: Promise<void>
  readonly #log: Logger
  readonly #timers: Timers
  readonly #channels: Channels
  readonly #outgoing = new Map<string, Coalescer<unknown>>()
  readonly #sender: RedisSender
  readonly #subscriber: Redis
  /** Redis's pub/sub knows no databases: the name keeps two installations on one server apart. */
  readonly #prefix: string
  readonly #lossChannel: string
  /** Marks what this process sent, which its own subscribers have heard already. */
  readonly #origin = JSON.stringify(randomUUID())
  readonly #endHeartbeat: () => void
  #closed = false

  constructor({ url, log, timers }: { url: string; log: Logger; timers: Timers }) {
    this.#log = log
    this.#timers = timers
    this.#channels = new Channels({
      log,
      timers,
      onOpen: (name) => this.#listen(name),
      onClose: (name) => this.#stopListening(name),
    })
    this.#subscriber = new Redis(url, {
      // This class subscribes again by itself, to know when it is done and to tell the gap.
      autoResubscribe: false,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: reconnectMilliseconds,
      connectTimeout: 5_000,
    })
    this.#endHeartbeat = keepAlive(this.#subscriber, timers)
    const database = this.#subscriber.options.db ?? 0
    this.#prefix = `espalier:${database}:live:`
    this.#lossChannel = `espalier:${database}:live-loss`
    this.#sender = new RedisSender({
      url,
      log,
      retry: reconnectMilliseconds,
      timers,
      tellLoss: (count) => this.#tellLoss(count),
    })
    this.ready = Promise.all([this.#followSubscriber(url), this.#sender.ready]).then(() => {})
    // Whoever starts the kernel awaits it; whoever does not must not fall over it.
    this.ready.catch(() => {})
  }

  publish<Message>(workspaceId: string, topic: TopicDefinition<Message>, key: string, message: Message): void {
    if (this.#closed) return
    const text = messageText(topic.name, message, this.#log)
    if (text === undefined) return
    const name = channelName(workspaceId, topic.name, key)
    this.#channels.deliver(name, JSON.parse(text))
    if (topic.coalesce) this.#outgoingFor(name, topic as TopicDefinition<unknown>)?.add(JSON.parse(text))
    else this.#send(name, text)
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
    if (this.#closed) return
    this.#closed = true
    this.#channels.close()
    for (const coalescer of this.#outgoing.values()) coalescer.flush()
    this.#outgoing.clear()
    this.#endHeartbeat()
    this.#subscriber.disconnect()
    await this.#sender.close()
  }

  #send(name: string, text: string): void {
    this.#sender.send(this.#prefix + name, `[${this.#origin},${text}]`)
  }

  #outgoingFor(name: string, topic: TopicDefinition<unknown>): Coalescer<unknown> | undefined {
    const running = this.#outgoing.get(name)
    if (running) return running
    const coalescer = coalescerFor(
      topic,
      { log: this.#log, timers: this.#timers },
      (message) => {
        const text = messageText(topic.name, message, this.#log)
        if (text !== undefined) this.#send(name, text)
      },
      () => this.#outgoing.delete(name),
    )
    if (coalescer) this.#outgoing.set(name, coalescer)
    return coalescer
  }

  /** @returns when Redis has confirmed, or, where it cannot, at once: the gap is told when it is back */
  #listen(name: string): Promise<void> {
    if (this.#subscriber.status !== 'ready') return Promise.resolve()
    return this.#subscriber.subscribe(this.#prefix + name).then(
      () => {},
      () => {},
    )
  }

  #stopListening(name: string): void {
    if (this.#closed || this.#subscriber.status !== 'ready') return
    // A connection that breaks forgets its channels by itself.
    this.#subscriber.unsubscribe(this.#prefix + name).catch(() => {})
  }

  /** @returns when the first connection listens */
  #followSubscriber(url: string): Promise<void> {
    const first = Promise.withResolvers<void>()
    this.#subscriber.on('message', (channel: string, payload: string) => this.#hear(channel, payload))
    this.#subscriber.on('ready', () => {
      this.#listenToAll().then(first.resolve, (error: unknown) =>
        this.#log.warn({ err: error }, 'The connection to Redis broke while live topics subscribed; trying again.'),
      )
    })
    this.#subscriber.on('error', (error: Error) => first.reject(redisUnreachable(url, error)))
    this.#subscriber.on('end', () => first.reject(redisUnreachable(url, new Error('the connection was closed'))))
    return first.promise
  }

  async #listenToAll(): Promise<void> {
    const channels = [this.#lossChannel, ...this.#channels.names.map((name) => this.#prefix + name)]
    for (let start = 0; start < channels.length; start += channelsPerSubscribe) {
      await this.#subscriber.subscribe(...channels.slice(start, start + channelsPerSubscribe))
    }
    // Nobody can say how much was published while this process did not listen.
    this.#channels.lose(1)
  }

  #hear(channel: string, payload: string): void {
    if (payload.startsWith(this.#origin, 1)) return
    try {
      const [, content] = JSON.parse(payload) as [string, unknown]
      if (channel === this.#lossChannel) this.#channels.lose(Number(content) || 1)
      else if (channel.startsWith(this.#prefix)) this.#channels.deliver(channel.slice(this.#prefix.length), content)
    } catch (error) {
      this.#log.warn({ err: error, channel }, 'A live message from Redis could not be read and was dropped.')
    }
  }

  /** Messages of this process could not be sent: subscribers elsewhere hear that, whatever channel they are on. */
  #tellLoss(count: number): void {
    this.#sender.send(this.#lossChannel, `[${this.#origin},${count}]`)
  }
}

/** 50 ms, doubled with each attempt, at most 2 s. */
function reconnectMilliseconds(attempt: number): number {
  return Math.min(50 * 2 ** Math.min(attempt - 1, 6), 2_000)
}
