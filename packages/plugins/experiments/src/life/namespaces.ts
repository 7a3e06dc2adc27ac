import { ConflictError, type SqlContext, sql } from '@espalier/core'
import type { Experiment } from '../experiment.ts'

/**
 * Experiments of one namespace exclude one another, so those that run have parts of it that do not overlap.
 *
 * @throws ConflictError naming the other experiment and both parts
 */
export async function refuseOverlap(
  tx: SqlContext,
  { id, name, namespace, namespaceFrom, namespaceTo }: Experiment,
): Promise<void> {
  if (namespace === null || namespaceFrom === null || namespaceTo === null) return
  // Held to the end of the transaction, so that two that start at once see each other.
  await tx.db.query(
    sql`select pg_advisory_xact_lock(hashtextextended(${`namespace ${tx.workspaceId} ${namespace}`}, 0))`,
  )
  const [other] = await tx.db.query<{ name: string; from: number; to: number }>(sql`
    select "name", "namespaceFrom" as "from", "namespaceTo" as "to" from "Experiment"
    where "namespace" = ${namespace} and "id" <> ${id} and "status" in ('running', 'paused')
      and "namespaceFrom" < ${namespaceTo} and ${namespaceFrom} < "namespaceTo" limit 1`)
  if (other)
    throw new ConflictError({
      en: `The experiment "${name}" takes ${namespaceFrom} to ${namespaceTo} of the namespace "${namespace}", and "${other.name}" has ${other.from} to ${other.to}. Give them parts that do not overlap, or complete that one first.`,
      fr: `L’expérience « ${name} » prend ${namespaceFrom} à ${namespaceTo} de l’espace de noms « ${namespace} », et « ${other.name} » a ${other.from} à ${other.to}. Donnez-leur des parts disjointes, ou terminez d’abord celle-ci.`,
    })
}
