import { ConflictError, checkInput, InvalidInputError, NotFoundError, type SqlContext, sql } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import type { PromptLanguage, PromptVariable } from '../runner.ts'
import { checkValues } from '../variables.ts'
import type { TriedCase } from './candidate.ts'
import { type Expectation, expectation } from './expectation.ts'

/** Cases of a prompt and language: an evolution tries every candidate on the half that is held back. */
const most = 100
/** Fewer show nothing to whoever proposes, and tell nothing of what was proposed. */
const leastOfEach = 4

const caseInput = z.object({
  promptId: z.uuid(),
  language: z.enum(['en', 'fr']),
  variables: z.record(z.string(), z.unknown()),
  expectation,
  heldBack: z.boolean().default(false),
})

const caseFromExecution = z.object({
  executionId: z.uuid(),
  expectation,
  heldBack: z.boolean().default(false),
})

export type CaseInput = z.input<typeof caseInput>
export type CaseFromExecution = z.input<typeof caseFromExecution>

/** Examples that wordings of a prompt are tried on. */
export class Cases {
  /** @returns its id @throws InvalidInputError, NotFoundError, ConflictError where there are too many */
  async add(context: SqlContext, input: CaseInput): Promise<string> {
    return this.#write(context, checkInput(caseInput, input))
  }

  /** A case with what an execution was given. @throws as `add` */
  async addFromExecution(context: SqlContext, input: CaseFromExecution): Promise<string> {
    const { executionId, expectation, heldBack } = checkInput(caseFromExecution, input)
    const [row] = await context.db.query<{
      promptId: string
      language: PromptLanguage
      variables: Record<string, unknown>
    }>(sql`
      select v."promptId", v."language", e."variables" from "PromptExecution" e
        join "PromptVariant" v on v."workspaceId" = e."workspaceId" and v."id" = e."variantId"
      where e."id" = ${executionId}`)
    if (!row) throw new NotFoundError('PromptExecution', executionId)
    return this.#write(context, { ...row, expectation, heldBack })
  }

  /** Evolutions that have begun go on with the case as it was. @throws NotFoundError */
  async delete(context: SqlContext, id: string): Promise<void> {
    const [row] = await context.db.query<{ promptId: string }>(
      sql`delete from "PromptCase" where "id" = ${id} returning "promptId"`,
    )
    if (!row) throw new NotFoundError('PromptCase', id)
    context.audit({ resourceType: 'PromptCase', resourceId: id, before: row })
  }

  /**
   * The cases that an evolution begins with: those that fit the prompt's variables as they are today.
   *
   * @throws ConflictError where there are too few, with the way out
   */
  async forEvolution(
    context: SqlContext,
    promptId: string,
    language: PromptLanguage,
    declared: readonly PromptVariable[],
  ): Promise<{ learning: TriedCase[]; heldBack: TriedCase[] }> {
    const rows = await context.db.query<TriedCase & { heldBack: boolean }>(sql`
      select "id", "variables", "expectation", "heldBack" from "PromptCase"
      where "promptId" = ${promptId} and "language" = ${language} order by "createdAt", "id" limit ${most}`)
    const usable = rows.filter(({ variables }) => fits(declared, variables))
    const of = (held: boolean) =>
      usable
        .filter(({ heldBack }) => heldBack === held)
        .map(({ id, variables, expectation }) => ({ id, variables, expectation }))
    const [learning, heldBack] = [of(false), of(true)]
    if (learning.length < leastOfEach || heldBack.length < leastOfEach)
      throw new ConflictError({
        en: `An evolution needs at least ${leastOfEach} cases to learn from and ${leastOfEach} that are held back, in "${language}"; ${learning.length} and ${heldBack.length} can be used. Add some with addPromptCase or addPromptCaseFromExecution.`,
        fr: `Une évolution demande au moins ${leastOfEach} cas d’apprentissage et ${leastOfEach} cas réservés, en « ${language} » ; ${learning.length} et ${heldBack.length} sont utilisables. Ajoutez-en.`,
      })
    return { learning, heldBack }
  }

  async #write(
    context: SqlContext,
    given: {
      promptId: string
      language: PromptLanguage
      variables: Record<string, unknown>
      expectation: Expectation
      heldBack: boolean
    },
  ): Promise<string> {
    const { promptId, language, expectation, heldBack } = given
    const id = uuidv7()
    await context.sqlTransaction(async (tx) => {
      // Locked, so that two at a time do not both see one place left.
      const [prompt] = await tx.db.query<{ variables: PromptVariable[] }>(
        sql`select "variables" from "Prompt" where "id" = ${promptId} for no key update`,
      )
      if (!prompt) throw new NotFoundError('Prompt', promptId)
      const [{ count } = { count: 0 }] = await tx.db.query<{ count: number }>(
        sql`select count(*)::int as "count" from "PromptCase" where "promptId" = ${promptId} and "language" = ${language}`,
      )
      if (count >= most)
        throw new ConflictError({
          en: `The prompt has ${count} cases in "${language}", which is the most. Delete those that tell the least with deletePromptCase.`,
          fr: `Le prompt a ${count} cas en « ${language} », le maximum. Supprimez ceux qui apprennent le moins.`,
        })
      await tx.db.query(sql`
        insert into "PromptCase" ("id", "promptId", "language", "variables", "expectation", "heldBack", "createdAt")
        values (${id}, ${promptId}, ${language}, ${JSON.stringify(fitting(prompt.variables, given.variables))}::jsonb,
          ${JSON.stringify(expectation)}::jsonb, ${heldBack}, ${tx.clock.now()})`)
      tx.audit({ resourceType: 'PromptCase', resourceId: id, after: { promptId, language, heldBack } })
    })
    return id
  }
}

/** The values as the prompt declares them, with paths as the caller knows them. */
function fitting(declared: readonly PromptVariable[], values: Record<string, unknown>): Record<string, unknown> {
  try {
    return checkValues(declared, values)
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error
    throw new InvalidInputError(error.issues.map((issue) => ({ ...issue, path: `input.${issue.path}` })))
  }
}

function fits(declared: readonly PromptVariable[], values: Readonly<Record<string, unknown>>): boolean {
  try {
    checkValues(declared, values)
    return true
  } catch {
    return false
  }
}
