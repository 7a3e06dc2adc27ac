import type { Statement, SystemContext, WorkspaceContext } from '@espalier/core'

/** How many experiments are looked at in one go: however many are due, this is all that is in memory. */
const atOnce = 200

/**
 * Does something with every experiment of the installation that is due, one after the other, each in its workspace. One
 * that fails is logged and does not hold up the others.
 *
 * @param due a condition on "Experiment"
 * @returns how many failed
 */
export async function walkDue(
  system: SystemContext,
  due: Statement,
  work: (context: WorkspaceContext, id: string) => Promise<void>,
): Promise<number> {
  let failed = 0
  let last = { workspaceId: none, id: none }
  while (true) {
    // Through the second door: which workspaces have something to do is what it asks.
    const found = await system.system.query<typeof last>({
      text: `select "workspaceId", "id" from "Experiment"
        where ("workspaceId", "id") > ($${due.values.length + 1}::uuid, $${due.values.length + 2}::uuid) and (${due.text})
        order by "workspaceId", "id" limit ${atOnce}`,
      values: [...due.values, last.workspaceId, last.id],
    })
    for (const { workspaceId, id } of found) {
      await work(system.workspace(workspaceId), id).catch((error: unknown) => {
        failed += 1
        system.log.error({ err: error, experiment: id }, 'What was due of an experiment could not be done')
      })
    }
    const next = found.at(-1)
    if (!next || found.length < atOnce) return failed
    last = next
  }
}

const none = '00000000-0000-0000-0000-000000000000'
