import { setTimeout as wait } from 'node:timers/promises'

/** Resolves once it is so. @throws after five minutes, with what has not come */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 300_000
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`Not in five minutes: ${what}.`)
    await wait(300)
  }
}
