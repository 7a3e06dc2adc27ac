import { NotFoundError, type SqlContext, sql } from '@espalier/core'
import { conflict } from '../errors.ts'
import type { PromptLanguage, PromptVariable } from '../runner.ts'
import type { BuiltIns } from './builtIns.ts'
import type { Definitions } from './definitions.ts'

/** A variant as far as it takes to ask a model with it. */
export interface UsableVariant {
  readonly id: string
  readonly version: number
  readonly language: PromptLanguage
  readonly system: string
  readonly template: string
  readonly parameters: ModelSettings
  readonly prompt: { readonly id: string; readonly name: string; readonly variables: readonly PromptVariable[] }
}

export interface ModelSettings {
  readonly model?: string
  readonly temperature?: number
  readonly topP?: number
  readonly maxOutputTokens?: number
}

/** What a prompt is at this moment: its active variant, and the A/B test that runs on it. */
export interface ActivePrompt {
  readonly variant: UsableVariant
  readonly test: RunningTest | null
}

export interface RunningTest {
  readonly id: string
  readonly experimentId: string
  readonly controlVariantId: string
  readonly treatmentVariantId: string
}

/** The variant that a prompt's name stands for now. */
export class ActiveVariants {
  readonly #definitions: Definitions
  readonly #builtIns: BuiltIns

  constructor(definitions: Definitions, builtIns: BuiltIns) {
    this.#definitions = definitions
    this.#builtIns = builtIns
  }

  /**
   * The active variant in a language, or the English one where there is none.
   *
   * @throws NotFoundError, ConflictError where none is active
   */
  async find(context: SqlContext, name: string, language: PromptLanguage): Promise<ActivePrompt> {
    const definition = this.#definitions.get(name)
    let row = await read(context, name, language)
    if (definition && !row?.definition?.equals(definition.digest)) {
      await this.#builtIns.sync(context, definition)
      row = await read(context, name, language)
    }
    if (!row) throw new NotFoundError('prompt', name)
    if (!row.variant) throw conflict('NO_ACTIVE_VARIANT', name, language)
    const prompt = { id: row.id, name, variables: row.variables }
    return { variant: { ...row.variant, prompt }, test: row.test }
  }

  /** A variant by its id, whatever its state. @throws NotFoundError */
  async byId(context: SqlContext, id: string): Promise<UsableVariant> {
    const [row] = await context.db.query<UsableVariant>(sql`
      select v."id", v."version", v."language", v."system", v."template", v."parameters",
        jsonb_build_object('id', p."id", 'name', p."name", 'variables', p."variables") as "prompt"
      from "PromptVariant" v join "Prompt" p on p."workspaceId" = v."workspaceId" and p."id" = v."promptId"
      where v."id" = ${id}`)
    if (!row) throw new NotFoundError('PromptVariant', id)
    return row
  }
}

interface Row {
  readonly id: string
  readonly definition: Buffer | null
  readonly variables: PromptVariable[]
  readonly variant: Omit<UsableVariant, 'prompt'> | null
  readonly test: RunningTest | null
}

async function read(context: SqlContext, name: string, language: PromptLanguage): Promise<Row | undefined> {
  const [row] = await context.db.query<Row>(sql`
    select p."id", p."definition", p."variables", to_jsonb(v) as "variant", to_jsonb(t) as "test"
    from "Prompt" p
      left join lateral (
        select "id", "version", "language", "system", "template", "parameters" from "PromptVariant" v
        where v."workspaceId" = p."workspaceId" and v."promptId" = p."id" and v."status" = 'active'
          and v."language" in (${language}, 'en')
        order by v."language" = ${language} desc limit 1) v on true
      left join lateral (
        select "id", "experimentId", "controlVariantId", "treatmentVariantId" from "PromptTest" t
        where t."workspaceId" = p."workspaceId" and t."promptId" = p."id" and t."status" = 'running'
          and t."language" = v."language") t on true
    where p."name" = ${name}`)
  return row
}
