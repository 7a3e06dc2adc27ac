import { ConflictError, InvalidInputError, NotFoundError, type Told } from '@espalier/core'
import type { PromptRunner } from '@espalier/prompts'
import { z } from 'zod'
import type { Catalog } from '../../blocks/catalog.ts'
import { type PageContent, pageContent } from '../../content.ts'
import { said } from '../said.ts'
import type { Turn } from '../turn.ts'
import type { Brief } from './brief.ts'
import type { Proposed } from './candidate.ts'
import { writeVariantPrompt } from './prompt.ts'

/** What the model is told; kept with the turn, so that whoever goes on after a crash asks for the very same. */
export interface Order {
  readonly parentVariantId: string
  readonly parentKey: string
  /** As text, so that the database gives them back to the letter. */
  readonly brief: string
  readonly parent: string
  readonly blocks: string
}

export function orderOf(
  brief: Brief,
  parent: { readonly variantId: string; readonly key: string; readonly content: PageContent },
  catalog: Catalog,
): Order {
  return {
    parentVariantId: parent.variantId,
    parentKey: parent.key,
    brief: JSON.stringify(brief),
    parent: JSON.stringify(parent.content),
    blocks: JSON.stringify(blocksOf(catalog)),
  }
}

/**
 * A version that a model writes. It is asked under the turn's own key, so that it is asked, and paid for, once.
 *
 * @param before what the versions of this turn before it set out to do
 * @throws what is not the model's: then the step is tried again
 */
export async function written(
  { context, run, page, signal }: Turn,
  prompts: PromptRunner,
  catalog: Catalog,
  { brief, parent, blocks, parentVariantId, parentKey }: Order,
  { number, before }: { number: number; before: readonly string[] },
): Promise<Proposed | { readonly failed: Told; readonly code: string }> {
  try {
    const { output, executionId, callId, model, costMicros, cacheHit } = await prompts.run(context, {
      prompt: writeVariantPrompt.name,
      language: page.language.toLowerCase().startsWith('fr') ? 'fr' : 'en',
      variables: {
        brief,
        parent,
        blocks,
        number,
        language: nameOf(page.language),
        before: before.join('\n'),
      },
      idempotencyKey: `${run.id}/${number}`,
      output: answerOf(catalog),
      about: { type: 'PageLoopRun', id: run.id },
      // The same brief is to bring forth another version, not the one of yesterday.
      cacheSeconds: 0,
      signal,
    })
    return {
      origin: 'model',
      content: output.content,
      parentVariantId,
      parentKey,
      otherParentId: null,
      rationale: output.rationale.slice(0, 1_000),
      evidence: { model, costMicros, cacheHit },
      promptExecutionId: executionId,
      aiCallId: callId,
    }
  } catch (error) {
    if (signal.aborted) throw error
    if (isOfPrompt(error))
      return {
        code: 'PROMPT_UNUSABLE',
        failed: said(
          `The prompt "${writeVariantPrompt.name}" cannot be used (${(error as Error).message})`,
          `Le prompt « ${writeVariantPrompt.name} » n’est pas utilisable en l’état`,
        ),
      }
    const code = (error as { code?: unknown }).code
    if (typeof code !== 'string' || !code.startsWith('AI_')) throw error
    const { message } = error as Error
    return {
      code,
      failed: said(
        `The model has not written it (${message})`,
        `Le modèle ne l’a pas écrite (${frenchProblems[code] ?? code})`,
      ),
    }
  }
}

/** Why a model has not written, in French: the gateway says it in English, with the figures. */
const frenchProblems: Readonly<Record<string, string>> = {
  AI_NOT_CONFIGURED: 'aucun modèle n’est configuré',
  AI_PRICE_UNKNOWN: 'le prix du modèle est inconnu, et un budget s’applique',
  AI_BUDGET_EXCEEDED: 'le budget est épuisé',
  AI_OUTCOME_UNKNOWN: 'le sort de la demande est inconnu ; elle n’est pas répétée',
  AI_REFUSED: 'le modèle a refusé de répondre',
  AI_UNAVAILABLE: 'le service du modèle est indisponible',
  AI_REQUEST_REJECTED: 'le service du modèle n’accepte pas la demande',
  AI_OUTPUT_INVALID: 'sa réponse ne correspond pas à une page',
  AI_CANCELED: 'la demande a été annulée',
}

/** The state of the prompt does not let it be asked: somebody has archived or changed it. */
function isOfPrompt(error: unknown): boolean {
  return error instanceof ConflictError || error instanceof InvalidInputError || error instanceof NotFoundError
}

/** "German" of "de-AT"; what is no language keeps its code. */
function nameOf(language: string): string {
  try {
    return new Intl.DisplayNames('en', { type: 'language' }).of(language) ?? language
  } catch {
    return language
  }
}

/**
 * What the answer must be: the outline that models keep to, and the page's own schema behind it, so that what it finds wrong is what
 * the repair is told.
 */
function answerOf(catalog: Catalog) {
  const types = catalog.types as [string, ...string[]]
  const block = z.object({ type: z.enum(types), props: z.looseObject({ id: z.string() }) })
  const outline = z.object({ root: z.object({ props: z.looseObject({ title: z.string() }) }), content: z.array(block) })
  return z.object({
    rationale: z.string(),
    content: outline.superRefine((value, check) => {
      const parsed = pageContent(catalog).safeParse(value)
      for (const { path, message } of parsed.error?.issues ?? [])
        check.addIssue({ code: 'custom', path: [...path], message, input: value })
    }),
  })
}

function blocksOf(catalog: Catalog) {
  return catalog.blocks.map(({ type, description, props, place = 'anywhere' }) => ({
    type,
    description,
    place,
    props: z.toJSONSchema(props, { io: 'input', unrepresentable: 'any' }),
  }))
}
