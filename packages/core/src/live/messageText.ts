import type { Logger } from 'pino'

/**
 * A message as JSON. One that JSON cannot hold is logged and dropped: what it announces has already been
 * committed, so its publisher must not fail on it.
 */
export function messageText(topic: string, message: unknown, log: Logger): string | undefined {
  try {
    const text: string | undefined = JSON.stringify(message)
    if (text !== undefined) return text
    log.error(
      { topic },
      `Topic "${topic}": a message of type ${typeof message} is not JSON and was dropped. Publish an object.`,
    )
  } catch (error) {
    log.error({ err: error, topic }, `Topic "${topic}": a message that is not JSON was dropped. Publish plain data.`)
  }
  return undefined
}
