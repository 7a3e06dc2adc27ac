import { type SqlContext, sql, type WorkspaceContext } from '@espalier/core'
import type { Kernel } from '@espalier/core/server'
import experiments from '@espalier/experiments'
import landingPages from '@espalier/landing-pages'
import { demoPage } from './demoPage.ts'
import { demoShop } from './demoShop.ts'
import { sayIn } from './say.ts'

/** What the demo consists of, once it is there. */
export interface DemoPages {
  readonly page: { readonly id: string; readonly title: string; readonly slug: string }
  readonly shopId: string
  readonly experimentId: string
}

interface DemoOptions {
  readonly language: string
  /** When the experiment is to have begun. Default: now. */
  readonly since?: Date
}

/** How long {@link makeDemoPages} may take: seconds, and many times that where a first start shares its machine with others. */
export const demoTime = { timeoutMs: 120_000 }

/** A page under experiment and one that may improve itself, both published. Inside a transaction. */
export async function makeDemoPages(kernel: Kernel, tx: WorkspaceContext, options: DemoOptions): Promise<DemoPages> {
  const { language, since } = options
  const say = sayIn(language)
  const service = kernel.service(experiments)
  const clicks = await service.metrics.create(tx, {
    key: 'clicks',
    name: say('Clicks', 'Clics'),
    description: say(
      'How often somebody follows a link within the page.',
      'Combien de fois quelqu’un suit un lien dans la page.',
    ),
    kind: 'count',
    event: 'click',
  })
  const attention = await service.metrics.create(tx, {
    key: 'attention',
    name: say('Attention', 'Attention'),
    description: say(
      'Seconds for which the page is looked at: a headline that disappoints makes people leave.',
      'Combien de secondes la page est regardée : un titre qui déçoit fait partir les gens.',
    ),
    kind: 'engagement',
    cap: 600,
  })
  const welcome = demoPage(say)
  const experiment = await service.create(tx, {
    key: 'headline',
    name: say('Which headline makes people sign up?', 'Quel titre fait s’inscrire les gens ?'),
    hypothesis: say(
      'A headline that names the result makes more people sign up than one that names the tool.',
      'Un titre qui nomme le résultat fait s’inscrire plus de gens qu’un titre qui nomme l’outil.',
    ),
    goal: 'signup',
    goals: [
      { metricId: clicks.id, role: 'secondary' },
      { metricId: attention.id, role: 'guardrail' },
    ],
    variants: welcome.variants.map(({ key, name }) => ({ key, name, weight: 1 })),
  })
  const page = await kernel.service(landingPages).create(tx, {
    slug: welcome.slug,
    title: welcome.title,
    language,
    experimentId: experiment.id,
    variants: welcome.variants.map(({ key, content }) => ({ key, content })),
  })
  await kernel.service(landingPages).publish(tx, page.id)
  await service.start(tx, experiment.id)
  if (since) await beginEarlier(tx, experiment.id, since)
  const shop = await kernel.service(landingPages).create(tx, { ...demoShop(say), language })
  await kernel.service(landingPages).publish(tx, shop.id)
  return { page: { id: page.id, title: page.title, slug: page.slug }, shopId: shop.id, experimentId: experiment.id }
}

/** As if the experiment had been started then: what visitors did before its beginning would not count. */
async function beginEarlier(tx: SqlContext, experimentId: string, since: Date): Promise<void> {
  await tx.db.query(
    sql`update "Experiment" set "startedAt" = ${since}, "createdAt" = ${since} where "id" = ${experimentId}`,
  )
  await tx.db.query(
    sql`update "ExperimentPhase" set "startedAt" = ${since} where "experimentId" = ${experimentId} and "number" = 1`,
  )
}
