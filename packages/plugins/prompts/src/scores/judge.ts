import type { ModelGateway } from '@espalier/ai'
import { defineJob, type SqlContext, sql } from '@espalier/core'
import type { Experiments } from '@espalier/experiments'
import { z } from 'zod'
import type { Execution } from '../executions/executionRow.ts'
import { isLasting } from '../executions/lasting.ts'
import type { PromptDefinition, PromptLanguage, PromptRunner } from '../runner.ts'
import type { PromptSettings } from '../settings.ts'
import { render } from '../template.ts'
import { judgeWordings } from './judgeWordings.ts'

/** The prompt that scores what other prompts bring about. */
export const judgePrompt: PromptDefinition = {
  name: 'prompts.judge',
  description: 'Scores what a model answered to another prompt.',
  variables: [
    {
      name: 'system',
      type: 'text',
      description: 'What the model was told to be.',
      required: false,
      example: 'You write headlines.',
    },
    {
      name: 'task',
      type: 'text',
      description: 'What it was asked for.',
      example: 'Write a headline for a shop that sells pears.',
    },
    { name: 'answer', type: 'text', description: 'What it answered.', example: 'Pears, picked this morning' },
  ],
  wordings: judgeWordings,
  parameters: { temperature: 0, maxOutputTokens: 1_000 },
}

const share = z.number().min(0).max(1)

const verdict = z.object({
  quality: share.describe('How well the answer does what was asked, all in all.'),
  accuracy: share.describe('How true it is to the material that it was given: 0 when it makes things up.'),
  completeness: share.describe('How much of what was asked for is there.'),
  consistency: share.describe('How well it keeps to the form, the tone and the limits that were asked for.'),
  reason: z.string().describe('Why, in two sentences at most.'),
})

export interface JudgeParts {
  readonly ai: Pick<ModelGateway, 'isConfigured'>
  readonly experiments: Pick<Experiments, 'inShare'>
  readonly runner: PromptRunner
  readonly settings: (context: SqlContext) => Promise<PromptSettings>
}

/** Has a share of the executions scored by a model. */
export class Judge {
  readonly #parts: JudgeParts

  constructor(parts: JudgeParts) {
    this.#parts = parts
  }

  /** Enqueues a judgment where an execution is among those that are judged: by its id, so that asking twice says the same. */
  async sample(context: SqlContext, execution: Execution): Promise<void> {
    if (execution.errorCode !== null || execution.environment === 'test') return
    const { judgeShare } = await this.#parts.settings(context)
    if (judgeShare === 0 || !this.#parts.experiments.inShare(judgePrompt.name, execution.id, judgeShare)) return
    await context.enqueue(judgeExecution, { executionId: execution.id }, { priority: -1 })
  }

  /** Scores an execution. Once for each version of the judge's prompt. @returns what it gave, or why it did not */
  async judge(context: SqlContext, executionId: string, signal?: AbortSignal): Promise<object> {
    const [judged] = await context.db.query<Judged>(sql`
      select e."text", e."language", v."system", v."template", e."variables", p."name" from "PromptExecution" e
        join "PromptVariant" v on v."workspaceId" = e."workspaceId" and v."id" = e."variantId"
        join "Prompt" p on p."workspaceId" = v."workspaceId" and p."id" = v."promptId"
      where e."id" = ${executionId}`)
    // A judge of judges would be judged in turn.
    if (!judged?.text || judged.name === judgePrompt.name) return { skipped: 'nothing to judge' }
    if (!(await this.#parts.ai.isConfigured(context))) return { skipped: 'no model service' }
    const { runner } = this.#parts
    const { output, variantId } = await runner.run(context, {
      prompt: judgePrompt.name,
      language: judged.language,
      variables: { ...asAsked(judged), answer: judged.text },
      idempotencyKey: `judge ${executionId}`,
      output: verdict,
      about: { type: 'PromptExecution', id: executionId },
      ...(signal && { signal }),
    })
    const { reason, ...scores } = output
    for (const [metric, value] of Object.entries(scores))
      await runner.score(context, executionId, {
        source: 'judge',
        by: variantId,
        metric: metric as keyof typeof scores,
        value,
        note: reason,
      })
    return scores
  }
}

interface Judged {
  readonly text: string | null
  readonly language: PromptLanguage
  readonly system: string
  readonly template: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly name: string
}

/** The messages as the model had them, as far as its prompt tells. */
function asAsked({ system, template, variables, language }: Judged): { system: string | null; task: string } {
  const messages = render({ system, template }, variables, language)
  return {
    system: messages.find(({ role }) => role === 'system')?.content ?? null,
    task: messages.find(({ role }) => role === 'user')?.content ?? '',
  }
}

export const judgeExecution = defineJob({
  name: 'prompts.judge-execution',
  input: z.object({ executionId: z.uuid() }),
  singletonKey: ({ executionId }) => executionId,
  run: async ({ executionId }, context, { judge }: { readonly judge: Judge }, { signal }) => {
    try {
      return await judge.judge(context, executionId, signal)
    } catch (error) {
      if (!isLasting(error)) throw error
      return { skipped: (error as { code: string }).code }
    }
  },
})
