/** How long stopping in order may take. Longer than anything in it waits by itself. */
const patienceSeconds = 45

/**
 * Starts something, and stops it in order at Ctrl-C or a termination signal; also when that comes while it starts. A
 * second signal ends the process at once. Only a termination signal, which deployments send, lets it drain: nobody who
 * presses Ctrl-C waits for a balancer. Does not return but by ending the process, or with what `start` throws.
 *
 * @param onReady told once it runs, unless it is to stop already
 * @throws what `start` throws
 */
export async function runUntilStopped<Running extends { stop(draining?: boolean): Promise<void> }>(
  start: () => Promise<Running>,
  onReady: (running: Running) => void,
): Promise<void> {
  let asked = false
  const stopping = new Promise<NodeJS.Signals>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.on(signal, () => {
        if (asked) process.exit(130)
        asked = true
        console.log('\nStopping…')
        resolve(signal)
      })
  })
  const running = await start().catch((error) => {
    // Ctrl-C reaches what is started here too: what that says of its end is no problem to report.
    if (asked) process.exit(130)
    throw error
  })
  if (!asked) onReady(running)
  const signal = await stopping
  // What cannot be flushed, because the database is gone for good, must not hold the process for ever.
  setTimeout(() => {
    console.error(`Not everything had stopped after ${patienceSeconds} s; ended.`)
    process.exit(1)
  }, patienceSeconds * 1_000).unref()
  await running.stop(signal === 'SIGTERM')
  process.exit(0)
}
