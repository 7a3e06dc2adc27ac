import type { WorkspaceContext } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import type { Experiments } from '../../src/index.ts'
import { weightsByKey } from '../../src/life/liveChanges.ts'

/**
 * Subjects meet their variants, and a share of each variant's does what is named. Each variant gets exactly its share of
 * them, and exactly that share of those does it, so that no test depends on chance.
 *
 * @param rates variant key → share that does it
 */
export async function populate(
  service: Experiments,
  context: WorkspaceContext,
  experimentId: string,
  { count, rates, name = 'signup' }: { count: number; rates: Readonly<Record<string, number>>; name?: string },
): Promise<void> {
  const at = context.clock.now()
  const shares = weightsByKey(await service.get(context, experimentId))
  for (const [key, share] of Object.entries(shares)) {
    const met = await subjectsOf(service, context, experimentId, { key, count: Math.round(count * share) })
    const doing = met.slice(0, Math.round(met.length * (rates[key] ?? 0)))
    await context.transaction(async (tx) => {
      await service.expose(
        tx,
        met.map(({ subject, variantId }) => ({ experimentId, subject, variantId, at })),
      )
      await service.measure(
        tx,
        doing.map(({ subject }) => ({ subject, name, at })),
      )
    })
  }
}

/** Some whom the hash gives the variant. */
async function subjectsOf(
  service: Experiments,
  context: WorkspaceContext,
  experimentId: string,
  { key, count }: { key: string; count: number },
): Promise<{ subject: string; variantId: string }[]> {
  const found: { subject: string; variantId: string }[] = []
  while (found.length < count) {
    const subject = uuidv7()
    const assigned = await service.assign(context, experimentId, subject)
    if (assigned?.variantKey === key) found.push({ subject, variantId: assigned.variantId })
  }
  return found
}
