import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from '@espalier/core'
import type { Kernel } from '@espalier/core/server'
import experiments from '@espalier/experiments'
import landingPages from '@espalier/landing-pages'
import { demoPage } from './demoPage.ts'

/** How to get into the demo workspace. */
export interface Demo {
  readonly email: string
  /** The password that the account was made with. Undefined once its note has been deleted. */
  readonly password: string | undefined
  /** Path of the demo page on this installation. */
  readonly pagePath: string
}

const email = 'demo@example.com'
export const demoWorkspace = 'demo'

/**
 * Gives a new installation its first account, and a workspace with a page under experiment.
 *
 * @param folder where the account's first password is noted, for its owner to read
 * @returns undefined when the installation has workspaces of its own and none is the demo's
 */
export async function openDemo(kernel: Kernel, folder: string): Promise<Demo | undefined> {
  const note = join(folder, 'demo-password')
  // Across workspaces: is this a new installation?
  const workspaces = await kernel.database.system.query<{ slug: string }>(sql`select "slug" from "Workspace" limit 100`)
  if (workspaces.length === 0) await makeDemo(kernel, note)
  else if (!workspaces.some(({ slug }) => slug === demoWorkspace)) return undefined
  const password = await readFile(note, 'utf8').catch(() => undefined)
  return { email, password: password?.trim(), pagePath: `/p/${demoWorkspace}/${demoPage.slug}` }
}

async function makeDemo(kernel: Kernel, note: string): Promise<void> {
  const password = randomBytes(12).toString('base64url')
  await writeFile(note, `${password}\n`, { mode: 0o600 })
  const owner = await kernel.access.createUser({ email, name: 'Demo', password, emailVerified: true })
  const workspace = await kernel.access.createWorkspace({ name: 'Demo', slug: demoWorkspace, ownerId: owner.id })
  const context = kernel.contexts.workspace(workspace.id, { type: 'system', name: 'demo' })
  if (!kernel.plugins.includes(landingPages)) return
  await context.transaction(async (tx) => {
    const experiment = await kernel.service(experiments).create(tx, {
      key: 'headline',
      name: 'Which headline makes people sign up?',
      hypothesis: 'A headline that names the result makes more people sign up than one that names the tool.',
      goal: 'signup',
      variants: demoPage.variants.map(({ key, name }) => ({ key, name, weight: 1 })),
    })
    const page = await kernel.service(landingPages).create(tx, {
      slug: demoPage.slug,
      title: 'Welcome page',
      language: 'en',
      experimentId: experiment.id,
      variants: demoPage.variants.map(({ key, content }) => ({ key, content })),
    })
    await kernel.service(landingPages).publish(tx, page.id)
    await kernel.service(experiments).start(tx, experiment.id)
  })
}
