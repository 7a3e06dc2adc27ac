import { connect, type Socket } from 'node:net'

/** Makes the bytes of one request; called for each, so that every visitor may be another. */
export type RequestMaker = () => string

/**
 * A closed loop over plain sockets: each connection asks again as soon as it is answered. It parses no more of an answer
 * than its status and its length, so that the client costs little beside the servers that it compares.
 *
 * @returns answers a second
 */
export async function drive(
  { hostname, port }: URL,
  makeRequest: RequestMaker,
  { connections, milliseconds }: { connections: number; milliseconds: number },
): Promise<{ perSecond: number; answered: number }> {
  const started = performance.now()
  const until = started + milliseconds
  const counts = await Promise.all(
    Array.from({ length: connections }, () => loop(connect(Number(port), hostname), makeRequest, until)),
  )
  const answered = counts.reduce((sum, count) => sum + count, 0)
  return { answered, perSecond: answered / ((performance.now() - started) / 1_000) }
}

function loop(socket: Socket, makeRequest: RequestMaker, until: number): Promise<number> {
  socket.setNoDelay(true)
  return new Promise((resolve, reject) => {
    let answered = 0
    let missing = 0
    let head = ''
    const next = () => {
      if (performance.now() >= until) {
        socket.destroy()
        resolve(answered)
      } else socket.write(makeRequest())
    }
    socket.on('error', reject)
    socket.on('connect', next)
    socket.on('data', (chunk: Buffer) => {
      if (missing > 0) missing -= chunk.byteLength
      else {
        head += chunk.toString('latin1')
        const end = head.indexOf('\r\n\r\n')
        if (end === -1) return
        if (!head.startsWith('HTTP/1.1 200')) return reject(new Error(`Answered ${head.slice(0, end)}`))
        const length = Number(/\r\ncontent-length: (\d+)/i.exec(head.slice(0, end + 2))?.[1] ?? Number.NaN)
        if (Number.isNaN(length)) return reject(new Error(`Without a length: ${head.slice(0, end)}`))
        missing = length - (head.length - end - 4)
        head = ''
      }
      if (missing > 0) return
      answered += 1
      next()
    })
  })
}
