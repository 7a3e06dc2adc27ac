import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import type { TestProject } from 'vitest/node'
import { clusterFolder } from '../../packages/core/src/testing/clusterFolder.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the attacked product has its data, and says by `pid` which process it is. */
    attackedProductFolder: string
  }
}

/** vitest's globalSetup: the product is started by the first attack on it, and ends with the run, however that ends. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await clusterFolder()
  project.provide('attackedProductFolder', folder)
  return async () => {
    const pid = Number(await readFile(join(folder, 'pid'), 'utf8').catch(() => ''))
    if (pid) await end(pid)
    await rm(folder, { recursive: true, force: true })
  }
}

/** As Ctrl-C does, for the process and what it has started; by force after 20 s. */
async function end(pid: number): Promise<void> {
  signal(pid, 'SIGINT')
  const deadline = Date.now() + 20_000
  while (signal(pid, 0)) {
    if (Date.now() > deadline) signal(pid, 'SIGKILL')
    await after(50)
  }
}

/** @returns whether there is somebody to hear it */
function signal(group: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, name)
  } catch {
    return false
  }
}
