import { ConflictError, type Edited, NotFoundError, type SqlContext, sql, type WorkspaceContext } from '@espalier/core'
import type { Experiment } from './experiment.ts'
import type { JsonValue } from './json.ts'

/** @throws NotFoundError */
export async function getExperiment(context: WorkspaceContext, id: string): Promise<Experiment> {
  const experiment = await context.db.prisma.experiment.findFirst({ where: { id }, include: withParts })
  if (!experiment) throw new NotFoundError('experiment', id)
  return experiment
}

/** Experiments by their ids, read together; what is gone is not among them. */
export async function getExperiments(
  context: WorkspaceContext,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Experiment>> {
  const experiments = await context.db.prisma.experiment.findMany({
    where: { id: { in: [...ids] } },
    include: withParts,
  })
  return new Map(experiments.map((experiment) => [experiment.id, experiment]))
}

/** The experiment as it is, held until the transaction ends: of two people who start it, one is refused. @throws NotFoundError */
export async function lockExperiment(tx: WorkspaceContext, id: string): Promise<Experiment> {
  await tx.db.query(sql`select 1 from "Experiment" where "id" = ${id} for update`)
  return getExperiment(tx, id)
}

/** The experiment as two people may edit it, for {@link refuseSavedMeanwhile}. */
export function editedExperiment({ id, name, version }: Experiment): Edited {
  return { what: `experiment "${name}"`, resourceType: 'Experiment', resourceId: id, version }
}

/** Changes columns of an experiment that the transaction holds. @returns what it is now */
export async function changeExperiment(tx: WorkspaceContext, id: string, data: object): Promise<Experiment> {
  return tx.db.prisma.experiment.update({
    where: { workspaceId_id: { workspaceId: tx.workspaceId, id } },
    data,
    include: withParts,
  })
}

/** Columns of JSON that may be null, which Prisma takes no plain null for. */
export async function writeNullable(
  tx: SqlContext,
  id: string,
  columns: { readonly condition?: JsonValue; readonly activeHours?: JsonValue; readonly verdict?: JsonValue },
): Promise<void> {
  for (const [column, value] of Object.entries(columns)) {
    const json = value === null || value === undefined ? null : JSON.stringify(value)
    await tx.db.query({
      text: `update "Experiment" set ${nullable[column as keyof typeof nullable]} = $2::jsonb where "id" = $1`,
      values: [id, json],
    })
  }
}

const nullable = { condition: '"condition"', activeHours: '"activeHours"', verdict: '"verdict"' } as const

/** @throws ConflictError when another experiment has the key */
export async function refuseTakenKey(tx: SqlContext, key: string): Promise<void> {
  // Held to the end of the transaction, so that of two who take the same key at once the second gets this message.
  await tx.db.query(sql`select pg_advisory_xact_lock(hashtextextended(${`experiment ${tx.workspaceId} ${key}`}, 0))`)
  const taken = await tx.db.query(sql`select 1 from "Experiment" where "key" = ${key}`)
  if (taken.length > 0)
    throw new ConflictError({
      en: `The key "${key}" belongs to another experiment of this workspace. Choose another key.`,
      fr: `La clé « ${key} » appartient à une autre expérience de cet espace. Choisissez-en une autre.`,
    })
}

export const withParts = {
  variants: { orderBy: { position: 'asc' } },
  goals: { orderBy: { position: 'asc' }, include: { metric: true } },
} as const
