/** A kind of live message within a workspace. Messages are JSON: they may cross processes. */
export interface TopicDefinition<Message = unknown> {
  /** Prefixed with the plugin's name: "tracking.metrics". */
  readonly name: string
  /**
   * For dashboards: at most 4 deliveries a second and key; what comes between is merged into the next.
   * The first message after a quiet spell goes out at once. Without it every message is delivered.
   */
  readonly coalesce?: (earlier: Message, later: Message) => Message
  /**
   * For what must not go stale: the message that every subscriber gets as soon as the connection between the
   * processes is back after a loss, so that it reads the truth again. Without it a subscriber learns of the
   * loss with the next message ({@link LiveMessage.gap}).
   */
  readonly afterGap?: (key: string) => Message
  /** Carries the type; never set. */
  readonly '~message'?: Message
}

/**
 * Defines a live topic: what is announced to whoever watches.
 *
 * @example export const metricsChanged = defineTopic<{ pageId: string }>({ name: 'tracking.metrics', coalesce: (_, later) => later })
 */
export function defineTopic<Message>(definition: Omit<TopicDefinition<Message>, '~message'>): TopicDefinition<Message> {
  return definition
}

/** Live topics of all workspaces; {@link SqlContext.announce} is the way in for code within one. */
export interface Live {
  publish<Message>(workspaceId: string, topic: TopicDefinition<Message>, key: string, message: Message): void
  /**
   * Messages of a topic and key within a workspace, from now on. Ends when the signal aborts or the kernel
   * stops. Its buffer is bounded: when the reader is slower than the topic, the oldest are dropped and
   * {@link LiveMessage.gap} says how many.
   */
  subscribe<Message>(
    workspaceId: string,
    topic: TopicDefinition<Message>,
    key: string,
    signal?: AbortSignal,
  ): LiveSubscription<Message>
}

/** Announcements of one topic and key as they come, until the signal ends them. */
export interface LiveSubscription<Message> extends AsyncIterableIterator<LiveMessage<Message>> {
  /**
   * Resolves when no later message can pass unheard: it is delivered, or told as a gap. Whoever shows a current
   * value awaits this, then reads the value, then follows the messages. Never rejects.
   */
  readonly ready: Promise<void>
}

/** An announcement, and how many were lost before it. */
export interface LiveMessage<Message> {
  readonly message: Message
  /**
   * Messages that were dropped right before this one. At least 1, and no exact count, where the connection
   * between the processes was lost.
   */
  readonly gap: number
}
