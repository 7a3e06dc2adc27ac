import type { WorkspaceContext } from '@espalier/core'
import type { Furnished, Kernel, LivePage, NewInstallation } from '@espalier/core/server'
import landingPages, { siteName, starterContent, starters } from '@espalier/landing-pages'
import tracking from '@espalier/tracking'
import { demoWorkspace } from './demo.ts'
import { historyDays } from './demoHistory.ts'
import { demoTime, makeDemoPages } from './demoPages.ts'
import demo, { writeDemoHistory } from './demoPlugin.ts'
import { sayIn } from './say.ts'

/**
 * Puts into a new installation what its owner sees first: a page of their own that is live already and, where they wish, a
 * second workspace with a running experiment, whose visitors are invented. So invented numbers never stand beside true ones.
 */
export async function furnish(kernel: Kernel, made: NewInstallation): Promise<Furnished> {
  const own = contextOf(kernel, made.workspace.id)
  await setTimeZone(kernel, own, made.timeZone)
  const page = kernel.plugins.includes(landingPages) ? await firstPage(kernel, own, made) : null
  return { page, demo: made.demo ? await demoOf(kernel, made) : null }
}

async function firstPage(kernel: Kernel, own: WorkspaceContext, made: NewInstallation): Promise<LivePage> {
  const pages = kernel.service(landingPages)
  const starter = starters.find(({ key }) => key === 'product') ?? starters[0]
  if (!starter) throw new Error('There is no starter to make a first page of.')
  return own.transaction(async (tx) => {
    const { id, title, slug } = await pages.create(tx, {
      slug: 'welcome',
      title: made.workspace.name,
      language: made.locale,
      variants: [{ key: 'original', content: starterContent(starter, made.locale) }],
    })
    await pages.publish(tx, id)
    return { id, title, url: await pages.address(tx, slug) }
  })
}

async function demoOf(kernel: Kernel, made: NewInstallation): Promise<Furnished['demo']> {
  const say = sayIn(made.locale)
  const taken = made.workspace.slug === demoWorkspace
  const slug = taken ? `${demoWorkspace}-data` : demoWorkspace
  const name = say('Demo', 'Démo')
  const { id } = await kernel.access.createWorkspace({ name, slug, ownerId: made.owner.id })
  const context = contextOf(kernel, id)
  await setTimeZone(kernel, context, made.timeZone)
  if (!kernel.plugins.includes(landingPages)) return { workspace: { id, name, slug }, page: null }
  const pages = kernel.service(landingPages)
  const until = kernel.clock.now()
  const since = new Date(until.getTime() - historyDays * 24 * 3600_000)
  const page = await context.transaction(async (tx) => {
    const { page, shopId, experimentId } = await makeDemoPages(kernel, tx, { language: made.locale, since })
    const [pageUrl, shopUrl] = [await pages.address(tx, page.slug), await pages.address(tx, 'pears')]
    if (kernel.plugins.includes(demo))
      await tx.enqueue(writeDemoHistory, {
        ...{ pageId: page.id, pageUrl, shopId, shopUrl, experimentId, siteName },
        until: until.toISOString(),
      })
    return { id: page.id, title: page.title, url: pageUrl }
  }, demoTime)
  return { workspace: { id, name, slug }, page }
}

async function setTimeZone(kernel: Kernel, context: WorkspaceContext, timeZone: string | undefined): Promise<void> {
  if (timeZone === undefined || !kernel.plugins.includes(tracking)) return
  await context.transaction((tx) => kernel.settings.update(tx, tracking.name, { timeZone }))
}

function contextOf(kernel: Kernel, workspaceId: string): WorkspaceContext {
  return kernel.contexts.workspace(workspaceId, { type: 'system', name: 'set-up' })
}
