import type { Experiment } from '@espalier/experiments'
import type { PageContent } from '../../content.ts'
import type { Arm } from '../arm.ts'
import { readShownVersions } from '../loopRows.ts'
import { type ReadArmsParts, readArms } from '../readArms.ts'
import type { Turn } from '../turn.ts'

/** Days that the traffic of a page is told by: whole ones, so that each day of the week counts once. */
const trafficDays = 7

/** A version that visitors have seen. */
export interface PageArm extends Arm {
  /** How large its share may become, in (0, 1]; below 1 it is still on its way in. */
  readonly ceiling: number
}

/** What new versions are made from, and how many more the traffic can tell apart. */
export interface PageArms {
  /** Those that visitors get and those that they got, as they saw them: the first that takes part is the original. */
  readonly arms: readonly PageArm[]
  readonly visitorsPerDay: number
  /** Share of the visitors that converts, in [0, 1]. */
  readonly baseRate: number
}

/** The versions of a page that visitors have seen, with how they did: those of its experiment, and older ones without figures. */
export async function readPageArms(
  { context, page, loop }: Turn,
  parts: ReadArmsParts,
  experiment: Experiment | undefined,
): Promise<PageArms> {
  const shown = await readShownVersions(context, page.id)
  const measured = experiment ? await readArms(context, parts, page.id, experiment) : []
  const known = new Set(measured.map(({ variantId }) => variantId))
  const variants = await context.db.prisma.pageVariant.findMany({
    where: { pageId: page.id },
    orderBy: { position: 'asc' },
  })
  const from = new Date(context.clock.now().getTime() - trafficDays * 86_400_000)
  const seen = experiment ? undefined : await parts.tracking.totals(context, { pageId: page.id, from })
  const first = page.variants.find(({ published }) => published !== null)
  const others = variants.flatMap(({ id, key, published }): PageArm[] => {
    const content = shown.get(id)
    if (known.has(id) || !content) return []
    const isControl = !experiment && id === first?.id
    return [
      {
        ...{ key, variantId: id, content, isControl },
        visitors: isControl ? (seen?.visitors ?? 0) : 0,
        conversions: isControl ? Math.min(seen?.visitors ?? 0, seen?.conversions ?? 0) : 0,
        share: isControl ? 1 : 0,
        ageDays: 0,
        ceiling: 1,
        isRetired: experiment !== undefined || published === null,
      },
    ]
  })
  const arms = [...measured.map((arm) => ({ ...arm, content: shown.get(arm.variantId) ?? arm.content })), ...others]
  const visitors = arms.reduce((sum, arm) => sum + arm.visitors, 0)
  const conversions = arms.reduce((sum, arm) => sum + arm.conversions, 0)
  const days = Math.min(trafficDays, daysSince(await publishedAt(), context.clock.now()))
  const visitorsPerDay = experiment
    ? await parts.experiments.results.subjectsPerDay(context, experiment, {
        days: trafficDays,
        timeZone: await parts.tracking.timeZone(context),
      })
    : visitors / days
  return { arms, visitorsPerDay, baseRate: visitors > 0 ? conversions / visitors : 0 }

  async function publishedAt(): Promise<Date | null> {
    const row = await context.db.prisma.page.findFirst({ where: { id: loop.pageId }, select: { publishedAt: true } })
    return row?.publishedAt ?? null
  }
}

/** A day at least: the first hours say little about a usual day. */
function daysSince(at: Date | null, now: Date): number {
  return Math.max(1, (now.getTime() - (at?.getTime() ?? 0)) / 86_400_000)
}

/** All contents that a page's visitors have seen. */
export async function shownContents({ context, page }: Turn): Promise<PageContent[]> {
  return [...(await readShownVersions(context, page.id)).values()]
}
