import { WebSocket } from 'ws'

/** A WebSocket that speaks graphql-transport-ws by hand, so that it may speak it wrongly. */
export interface RawSocket {
  readonly socket: WebSocket
  readonly received: { readonly type: string; readonly id?: string; readonly payload?: unknown }[]
  /** Resolves with the code that the server closed it with. */
  readonly closed: Promise<number>
  send(message: object): void
}

/**
 * @param greets whether it says `connection_init` and waits for the answer
 * @returns the socket once it is acknowledged, or the HTTP status that refused it
 */
export async function openSocket(
  url: string,
  headers: Record<string, string>,
  greets = true,
): Promise<RawSocket | number> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws', { headers })
  const received: RawSocket['received'] = []
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  socket.on('error', () => {})
  const ready = new Promise<true>((resolve) => {
    if (!greets) socket.once('open', () => resolve(true))
    socket.on('message', (data) => {
      const message = JSON.parse(String(data))
      received.push(message)
      if (message.type === 'connection_ack') resolve(true)
    })
  })
  const refused = new Promise<number>((resolve) =>
    socket.once('unexpected-response', (_, { statusCode }) => resolve(statusCode ?? 0)),
  )
  const send = (message: object) => socket.send(JSON.stringify(message))
  if (greets) socket.once('open', () => send({ type: 'connection_init' }))
  const outcome = await Promise.race([ready, refused, closed])
  if (outcome !== true) {
    socket.terminate()
    return outcome
  }
  return { socket, received, closed, send }
}
