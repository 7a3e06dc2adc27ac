import { systemTimers, type Timers } from './timers.ts'

/** What a WebSocket tells about its sending side. */
export interface SendingSocket {
  /** Bytes that were sent and have not left the process. */
  readonly bufferedAmount: number
  /** 1 while it is open. */
  readonly readyState: number
}

/** Bytes that may wait in a socket before no more is taken for it. */
export const socketBufferBytes = 64 * 1024
const lookAgainMilliseconds = 50
const open = 1

/**
 * Takes the next item only when the socket has sent most of what it was given, so that a client that stops
 * reading fills its subscription's bounded buffer instead of the process's memory. Ends with the socket.
 */
export function atSocketPace<Item>(
  items: AsyncIterableIterator<Item>,
  socket: SendingSocket,
  timers: Timers = systemTimers,
): AsyncIterableIterator<Item> {
  const end = async (): Promise<IteratorResult<Item>> => (await items.return?.()) ?? { done: true, value: undefined }
  // No generator: the return of one waits for the item that its next waits for.
  return {
    next: async () => {
      // A socket says when it is full, but not when it has room again.
      while (socket.readyState === open && socket.bufferedAmount > socketBufferBytes) {
        await new Promise<void>((resolve) => {
          timers.after(lookAgainMilliseconds, resolve)
        })
      }
      return socket.readyState === open ? items.next() : end()
    },
    return: end,
    throw: async (error: unknown) => {
      await end()
      throw error
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
