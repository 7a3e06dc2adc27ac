import { readSettings } from '../settings.ts'
import { untilStopped } from '../untilStopped.ts'

/** Runs the product until it is told to stop. */
export async function serve(): Promise<void> {
  const began = performance.now()
  const settings = readSettings(process.env, process.cwd())
  // After the settings: a wrong one is told at once, before the whole product is loaded.
  const { startServer } = await import('../serve.ts')
  const running = await startServer(settings, (message) => console.log(`  ${message}`))
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  console.log(`\nEspalier is ready (${seconds} s).\n`)
  const lines: [string, string][] = [['Admin', `${running.url}/admin/`]]
  if (running.demo) {
    if (running.demo.pagePath) lines.push(['Demo page', running.url + running.demo.pagePath])
    lines.push(['Sign in as', running.demo.email])
    if (running.demo.password) lines.push(['Password', running.demo.password])
  }
  if (settings.introspection || !settings.production) lines.push(['GraphiQL', `${running.url}/graphql`])
  for (const [label, value] of lines) console.log(`  ${label.padEnd(11)} ${value}`)
  console.log('\nPress Ctrl-C to stop.')
  await untilStopped(() => running.stop())
}
