import { type SqlContext, sql } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import type { PromptLanguage } from '../runner.ts'
import { wordingIssues } from '../template.ts'
import { type Definitions, type KnownDefinition, languages } from './definitions.ts'
import { writeManualEdit } from './lineage.ts'
import { lockPrompt } from './lockPrompt.ts'

interface StoredVariant {
  readonly id: string
  readonly version: number
  readonly status: 'draft' | 'active' | 'retired'
  readonly system: string
  readonly template: string
  readonly parameters: unknown
  readonly createdByType: string
}

/** Prompts of plugins, as a workspace keeps them: version 1 with the first use, later ones as plugins change. */
export class BuiltIns {
  readonly #definitions: Definitions

  constructor(definitions: Definitions) {
    this.#definitions = definitions
  }

  /** Brings every prompt of a plugin that the workspace does not have as it is now. */
  async syncAll(context: SqlContext): Promise<void> {
    const rows = await context.db.query<{ name: string; definition: Buffer | null }>(
      sql`select "name", "definition" from "Prompt" where "builtIn"`,
    )
    const known = new Map(rows.map(({ name, definition }) => [name, definition]))
    for (const definition of this.#definitions.all)
      if (!known.get(definition.name)?.equals(definition.digest)) await this.sync(context, definition)
  }

  /**
   * Makes the workspace's prompt what the definition says. A wording that changed becomes the next version: active where
   * nobody has touched the prompt in that language, else a draft, for a person knows better than a release.
   */
  async sync(context: SqlContext, definition: KnownDefinition): Promise<void> {
    const work = async (tx: SqlContext) => {
      await lockPrompt(tx, definition.name)
      const [stored] = await tx.db.query<{ id: string; definition: Buffer | null }>(
        sql`select "id", "definition" from "Prompt" where "name" = ${definition.name}`,
      )
      if (stored?.definition?.equals(definition.digest)) return
      const promptId = await writePrompt(tx, definition, stored?.id)
      for (const language of languages) await syncLanguage(tx, promptId, definition, language)
      tx.audit({ resourceType: 'Prompt', resourceId: promptId, after: { name: definition.name, builtIn: true } })
    }
    return context.db.inTransaction ? work(context) : context.sqlTransaction(work)
  }
}

async function writePrompt(tx: SqlContext, definition: KnownDefinition, known: string | undefined): Promise<string> {
  const id = known ?? uuidv7()
  const variables = JSON.stringify(
    definition.variables.map(({ required = true, example = null, ...rest }) => ({ ...rest, required, example })),
  )
  await tx.db.query(
    known
      ? sql`
          update "Prompt" set "description" = ${definition.description}, "variables" = ${variables}::jsonb, "builtIn" = true,
            "definition" = ${definition.digest}, "updatedAt" = ${tx.clock.now()}
          where "id" = ${id}`
      : sql`
          insert into "Prompt" ("id", "name", "description", "variables", "builtIn", "definition", "createdAt", "updatedAt")
          values (${id}, ${definition.name}, ${definition.description}, ${variables}::jsonb, true, ${definition.digest},
            ${tx.clock.now()}, ${tx.clock.now()})`,
  )
  return id
}

async function syncLanguage(
  tx: SqlContext,
  promptId: string,
  definition: KnownDefinition,
  language: PromptLanguage,
): Promise<void> {
  const variants = await tx.db.query<StoredVariant>(sql`
    select "id", "version", "status", "system", "template", "parameters", "createdByType" from "PromptVariant"
    where "promptId" = ${promptId} and "language" = ${language} order by "version" for no key update`)
  const wording = definition.wordings[language]
  const parameters = definition.parameters ?? {}
  const latest = variants.findLast(({ createdByType }) => createdByType === 'plugin')
  const active = variants.find(({ status }) => status === 'active')
  const isSame =
    latest?.system === wording.system && latest.template === wording.template && sameJson(latest.parameters, parameters)
  const isBroken = active !== undefined && wordingIssues(active, definition.variables).length > 0
  if (isSame && !isBroken) return
  const isUntouched = active === latest && variants.every(({ createdByType }) => createdByType === 'plugin')
  // A test compares with what is active; and what a person chose stays (also to have none), unless it would fail.
  const becomesActive = isBroken || (isUntouched && !(await hasRunningTest(tx, promptId, language)))
  const id = isSame ? latest.id : uuidv7()
  const now = tx.clock.now()
  if (becomesActive)
    await tx.db.query(sql`
      update "PromptVariant" set "status" = 'retired', "retiredAt" = ${now}
      where "promptId" = ${promptId} and "language" = ${language} and "status" = 'active'`)
  if (isSame) {
    await tx.db.query(sql`
      update "PromptVariant" set "status" = 'active', "activatedAt" = ${now}, "retiredAt" = null where "id" = ${id}`)
    return
  }
  await tx.db.query(sql`
    insert into "PromptVariant" ("id", "promptId", "version", "language", "status", "system", "template", "parameters",
      "createdByType", "createdByName", "createdAt", "activatedAt")
    values (${id}, ${promptId}, ${(variants.at(-1)?.version ?? 0) + 1}, ${language}, ${becomesActive ? 'active' : 'draft'}::"PromptVariantStatus",
      ${wording.system}, ${wording.template}, ${JSON.stringify(parameters)}::jsonb, 'plugin', ${definition.name.split('.')[0]},
      ${now}, ${becomesActive ? now : null})`)
  const parent = latest ?? active
  if (parent) await writeManualEdit(tx, parent.id, id, 'A release of the plugin changed the wording.')
}

async function hasRunningTest(tx: SqlContext, promptId: string, language: string): Promise<boolean> {
  const rows = await tx.db.query(
    sql`select 1 from "PromptTest" where "promptId" = ${promptId} and "language" = ${language} and "status" = 'running'`,
  )
  return rows.length > 0
}

function sameJson(one: unknown, other: object): boolean {
  const ordered = (value: object) => JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
  return ordered((one ?? {}) as object) === ordered(other)
}
