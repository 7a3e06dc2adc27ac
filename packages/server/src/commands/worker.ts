import { keepCompiled } from '../keepCompiled.ts'
import { runUntilStopped } from '../runUntilStopped.ts'
import { readSettings } from '../settings.ts'

/** Runs jobs until it is told to stop. */
export async function worker(): Promise<void> {
  const settings = readSettings(process.env, process.cwd())
  await runUntilStopped(
    async () => {
      // After the settings: a wrong one is told at once, before the whole product is loaded.
      const { boot } = await import('../boot.ts')
      // A worker makes no links of its own, but plugins may: they need the address that browsers know.
      const publicUrl = settings.publicUrl ?? `http://${settings.host}:${settings.port}`
      const booted = await boot(settings, publicUrl, (message) => console.log(`  ${message}`))
      try {
        await booted.kernel.start({ work: true })
        return booted
      } catch (error) {
        await booted.stop()
        throw error
      }
    },
    () => {
      console.log('The worker is ready. Press Ctrl-C to stop.')
      keepCompiled()
    },
  )
}
