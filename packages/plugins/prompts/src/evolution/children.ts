import { type SqlContext, sql } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import type { Wording } from '../template.ts'
import { performanceNow } from './performance.ts'

/** A wording that came of others. */
export interface Child {
  readonly id: string
  readonly promptId: string
  readonly language: string
  readonly wording: Wording
  readonly parameters: object
  readonly parentIds: readonly string[]
  readonly kind: 'mutation' | 'crossover' | 'optimization'
  /** What was done, in words. */
  readonly strategy: string
  readonly algorithm: string
  readonly goals: readonly string[]
  /** What led to it. */
  readonly feedback: readonly unknown[]
  readonly evolutionId: string | null
  readonly note: string
}

/** Writes a draft with its lineage; one that is there under its id stays as it is. The prompt has to be locked. */
export async function writeChild(tx: SqlContext, child: Child): Promise<void> {
  const { id, promptId, language, wording, principal } = { ...child, principal: tx.principal }
  const now = tx.clock.now()
  const written = await tx.db.query(sql`
    insert into "PromptVariant" ("id", "promptId", "version", "language", "status", "system", "template", "parameters",
      "note", "createdByType", "createdById", "createdByName", "createdAt")
    select ${id}, ${promptId},
      1 + coalesce((select max("version") from "PromptVariant" where "promptId" = ${promptId} and "language" = ${language}), 0),
      ${language}, 'draft', ${wording.system}, ${wording.template}, ${JSON.stringify(child.parameters)}::jsonb,
      ${child.note.slice(0, 2_000)}, ${principal.type}, ${principal.type === 'system' ? null : principal.id}::uuid,
      ${principal.name}, ${now}
    where not exists (select 1 from "PromptVariant" where "id" = ${id})
    returning 1`)
  if (written.length === 0) return
  for (const parentId of child.parentIds)
    await tx.db.query(sql`
      insert into "PromptLineage" ("id", "parentId", "childId", "kind", "strategy", "algorithm", "goals",
        "parentPerformance", "feedback", "evolutionId", "createdAt")
      values (${uuidv7()}, ${parentId}, ${id}, ${child.kind}, ${child.strategy}, ${child.algorithm}, ${child.goals},
        ${JSON.stringify(await performanceNow(tx, parentId))}::jsonb, ${JSON.stringify(child.feedback)}::jsonb,
        ${child.evolutionId}::uuid, ${now})`)
  tx.audit({
    resourceType: 'PromptVariant',
    resourceId: id,
    after: { promptId, language, status: 'draft', kind: child.kind, parentIds: child.parentIds },
  })
}
