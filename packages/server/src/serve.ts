import { createServer } from 'node:net'
import { createTracing, type HttpServer, listenError, serveKernel } from '@espalier/core/server'
import { adminApp } from './adminApp.ts'
import { type Booted, boot } from './boot.ts'
import { type Demo, openDemo } from './demo/demo.ts'
import { whyStale } from './plugins.ts'
import type { StartingPostgres } from './postgresEarly.ts'
import type { Settings } from './settings.ts'

/** A server that answers. */
export interface Running extends Booted {
  readonly url: string
  readonly http: HttpServer
  readonly demo: Demo | undefined
  /** Where the first person makes the installation theirs. Undefined once somebody can sign in. */
  readonly setUpUrl: string | undefined
  /** @param draining whether a balancer gets time to send requests elsewhere: the setting's seconds */
  stop(draining?: boolean): Promise<void>
}

/**
 * Starts the product: database, plugins, jobs, HTTP.
 *
 * @param postgres where it was started before all of this was loaded
 * @throws StartError in one line; what had been started by then is stopped again
 */
export async function startServer(
  settings: Settings,
  onProgress: (message: string) => void,
  postgres?: StartingPostgres,
): Promise<Running> {
  const port = await freePort(settings.host, settings.port)
  const publicUrl = settings.publicUrl ?? localUrl(settings.host, port)
  const app = adminApp(settings.webAppFolder)
  // Whoever waits for it hears of it, if that is after something else has failed or not at all.
  app.catch(() => {})
  const { kernel, installation, stop: stopBooted } = await boot(settings, publicUrl, onProgress, { postgres })
  let http: HttpServer | undefined
  const stop = async (draining = false) => {
    await http?.close({ drainMs: draining ? settings.drainSeconds * 1_000 : 0 })
    await stopBooted()
  }
  try {
    await kernel.start({ work: settings.runsJobs })
    const demo = settings.demo ? await openDemo(kernel, settings.dataFolder) : undefined
    const { mounts, operations, builtWith } = await app
    const stale = await whyStale(settings.configFile, builtWith)
    if (stale) onProgress(stale)
    http = serveKernel(kernel, {
      trustedOrigins: settings.trustedOrigins,
      trustProxy: settings.trustedProxies,
      metricsToken: settings.metricsToken,
      introspection: settings.introspection,
      trustedOnly: settings.trustedOnly,
      tracing: await createTracing({ endpoint: settings.otlpEndpoint }),
      mounts,
      operations,
    })
    await http.listen(port, settings.host)
    const setUpUrl = (await kernel.firstRun.needed())
      ? `${publicUrl}/admin/setup?token=${kernel.firstRun.token}`
      : undefined
    return { kernel, installation, http, demo, setUpUrl, url: publicUrl, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Where a browser on this machine reaches the server. */
function localUrl(host: string, port: number): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`
}

/**
 * The port itself where it is free, or some free one for 0: the kernel needs its address before it listens, and a
 * taken port is better known before anything is done to a database.
 */
async function freePort(host: string, port: number): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (error) => reject(listenError(error, host, port))).listen(port, host, resolve)
  })
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return typeof address === 'object' && address ? address.port : port
}
