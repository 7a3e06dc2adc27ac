/**
 * Waits for Ctrl-C or a termination signal, then stops in order. A second signal ends the process at once.
 *
 * @throws what `stop` throws
 */
export async function untilStopped(stop: () => Promise<void>): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
  console.log('\nStopping…')
  await stop()
  process.exit(0)
}
