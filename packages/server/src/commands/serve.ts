import { keepCompiled } from '../keepCompiled.ts'
import { startPostgresEarly } from '../postgresEarly.ts'
import { runUntilStopped } from '../runUntilStopped.ts'
import type { Running } from '../serve.ts'
import { readSettings, type Settings } from '../settings.ts'

/** Runs the product until it is told to stop. */
export async function serve(): Promise<void> {
  const began = performance.now()
  const settings = readSettings(process.env, process.cwd())
  await runUntilStopped(
    async () => {
      const say = (message: string) => console.log(`  ${message}`)
      const postgres = await startPostgresEarly(settings, say)
      // After the settings: a wrong one is told at once, before the whole product is loaded.
      const { startServer } = await import('../serve.ts')
      return startServer(settings, say, postgres).catch(async (error) => {
        await postgres?.stop()
        throw error
      })
    },
    (running) => {
      const seconds = ((performance.now() - began) / 1000).toFixed(1)
      console.log(`\nEspalier is ready (${seconds} s).\n`)
      for (const [label, value] of directions(running, settings)) console.log(`  ${label.padEnd(11)} ${value}`)
      console.log('\nPress Ctrl-C to stop.')
      keepCompiled()
    },
  )
}

/** Where to go, and how to sign in. */
function directions({ url, demo, setUpUrl }: Running, settings: Settings): [label: string, value: string][] {
  const lines: [string, string][] = [['Admin', `${url}/admin/`]]
  // Good once: whoever opens it becomes the owner.
  if (setUpUrl) lines.push(['Begin here', setUpUrl])
  if (demo) {
    if (demo.pagePath) lines.push(['Demo page', url + demo.pagePath])
    lines.push(['Sign in as', demo.email])
    if (demo.password) lines.push(['Password', demo.password])
  }
  if (settings.introspection || !settings.production) lines.push(['GraphiQL', `${url}/graphql`])
  return lines
}
