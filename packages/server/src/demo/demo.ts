import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from '@espalier/core'
import type { Kernel } from '@espalier/core/server'
import landingPages from '@espalier/landing-pages'
import { prepareDataFolder } from '../secret.ts'
import { demoTime, makeDemoPages } from './demoPages.ts'

/** How to get into the demo workspace. */
export interface Demo {
  readonly email: string
  /** The password that the account was made with. Undefined once its note has been deleted. */
  readonly password: string | undefined
  /** Path of the demo page on this installation. Undefined where no plugin serves pages. */
  readonly pagePath: string | undefined
}

const email = 'demo@example.com'
export const demoWorkspace = 'demo'

/**
 * Gives a new installation its first account, and a workspace with a page under experiment and one that may
 * improve itself. What an interrupted start
 * has left out is made up for; servers that start together do it once.
 *
 * @param folder where the account's first password is noted, for its owner to read
 * @returns undefined when the installation has workspaces of its own and none is the demo's
 * @throws StartError when the note cannot be written
 */
export async function openDemo(kernel: Kernel, folder: string): Promise<Demo | undefined> {
  const note = join(folder, 'demo-password')
  const { system } = kernel.database
  const servesPages = kernel.plugins.includes(landingPages)
  const open = await system.transaction(async (lock) => {
    await lock.query(sql`select pg_advisory_xact_lock(72707371)`)
    // Across workspaces: is this a new installation?
    const workspaces = await system.query<{ id: string; slug: string }>(
      sql`select "id", "slug" from "Workspace" order by "slug" = ${demoWorkspace} desc limit 1`,
    )
    const known = workspaces.find(({ slug }) => slug === demoWorkspace)
    if (!known && workspaces.length > 0) return false
    const id = known?.id ?? (await makeWorkspace(kernel, folder, note))
    if (servesPages) await makePages(kernel, id)
    return true
  })
  if (!open) return undefined
  const password = await readFile(note, 'utf8').catch(() => undefined)
  return {
    email,
    password: password?.trim(),
    pagePath: servesPages ? `/p/${demoWorkspace}/welcome` : undefined,
  }
}

async function makeWorkspace(kernel: Kernel, folder: string, note: string): Promise<string> {
  const password = randomBytes(12).toString('base64url')
  await prepareDataFolder(folder)
  await writeFile(note, `${password}\n`, { mode: 0o600 })
  const [known] = await kernel.database.system.query(sql`select 1 from "User" where "email" = ${email}`)
  const owner = known
    ? await kernel.access.setPassword(email, password)
    : await kernel.access.createUser({ email, name: 'Demo', password, emailVerified: true })
  const { id } = await kernel.access.createWorkspace({ name: 'Demo', slug: demoWorkspace, ownerId: owner.id })
  return id
}

/** Only into a workspace that never had a page, nor anything else of these: whoever archived the demo page does not get it back. */
async function makePages(kernel: Kernel, workspaceId: string): Promise<void> {
  const context = kernel.contexts.workspace(workspaceId, { type: 'system', name: 'demo' })
  const [known] = await context.db.query(sql`
    select 1 from "Page" union all select 1 from "Experiment" union all select 1 from "ExperimentMetric" limit 1`)
  if (known) return
  await context.transaction((tx) => makeDemoPages(kernel, tx, { language: 'en' }), demoTime)
}
