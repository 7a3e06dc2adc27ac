import { prepared, type SqlContext } from '@espalier/core'

/**
 * The variants that a subject has met in experiments, experiment id → variant id: what makes it keep them, for callers that
 * have no cookie to remember it in.
 */
export async function rememberedOf(
  context: SqlContext,
  experimentIds: readonly string[],
  subject: string,
): Promise<Record<string, string>> {
  if (experimentIds.length === 0) return {}
  const rows = await context.db.query<{ experimentId: string; variantId: string }>(
    selectRemembered([...experimentIds], subject),
  )
  return Object.fromEntries(rows.map(({ experimentId, variantId }) => [experimentId, variantId]))
}

const selectRemembered = prepared(
  'experiments_select_remembered',
  `select "experimentId", "variantId" from "ExperimentExposure"
   where "workspaceId" = current_workspace() and "experimentId" = any($1::uuid[]) and "subject" = $2`,
)
