import { setTimeout } from 'node:timers/promises'

/** A server as the benchmark drives it, in a process of its own. */
export interface FanOutServer {
  /** Where WebSockets are opened. */
  readonly url: string
  /** Cookies to sign in with, each for its share of the clients. None: nobody has to. */
  readonly cookies: readonly string[]
  publish(): void
  subscribers(): number
  /** Ends what would outlive the process. */
  close?(): Promise<void>
}

/** Bytes that a process holds. */
export interface Memory {
  readonly resident: number
  /** On V8's heap and in buffers beside it. */
  readonly held: number
}

export type Order = 'publish' | 'memory' | 'subscribers'

/** Takes orders of the process that started this one. */
export function takeOrders(server: FanOutServer): void {
  process.on('message', async (order: Order) => {
    if (order === 'publish') server.publish()
    else if (order === 'subscribers') process.send?.(server.subscribers())
    else process.send?.(await memory())
  })
  process.once('disconnect', async () => {
    await server.close?.()
    process.exit()
  })
  process.send?.({ url: server.url, cookies: server.cookies })
}

/** After the garbage has been collected. */
async function memory(): Promise<Memory> {
  for (let time = 0; time < 5; time += 1) {
    globalThis.gc?.()
    await setTimeout(50)
  }
  const { rss, heapUsed, external } = process.memoryUsage()
  return { resident: rss, held: heapUsed + external }
}
