import type { ModelGateway } from '@espalier/ai'
import { InvalidInputError, type SqlContext } from '@espalier/core'
import type { ModelSettings } from '../registry/activeVariant.ts'
import type { PromptAnswer, PromptLanguage, PromptRequest, PromptVariable } from '../runner.ts'
import { render, type Wording } from '../template.ts'
import { checkValues } from '../variables.ts'
import { type Measured, type Proposal, type TriedCase, withoutMarks } from './candidate.ts'
import { type Example, shownText } from './example.ts'
import { runCheck } from './expectation.ts'
import type { Step } from './journal.ts'
import { assessmentOutput, assessPrompt, mergePrompt, proposalOutput, reflectPrompt } from './reflection.ts'

/** What an evolution asks models with. */
export interface Asking {
  readonly context: SqlContext
  readonly ai: ModelGateway
  readonly run: <Output>(context: SqlContext, request: PromptRequest<Output>) => Promise<PromptAnswer<Output>>
  /** Of the evolution: what every key begins with. */
  readonly evolutionId: string
  readonly language: PromptLanguage
  readonly variables: readonly PromptVariable[]
  readonly parameters: ModelSettings
  readonly goals: readonly string[]
  readonly signal?: AbortSignal | undefined
}

const goesOn = ['AI_REFUSED', 'AI_OUTPUT_INVALID', 'AI_OUTCOME_UNKNOWN']

/**
 * Tries a wording on a case: asks the model as the prompt would, runs the checks of the case, and has a judge read the answer
 * where the case has words for one. The score is the mean over checks and judge.
 */
export async function measure(
  asking: Asking,
  candidate: number,
  wording: Wording,
  { id, variables, expectation }: TriedCase,
): Promise<Step<Measured>> {
  const { context, ai, evolutionId, language, parameters, signal } = asking
  const costs = new Costs()
  const key = `prompts.evolve:${evolutionId}:${candidate}:${id}`
  let task: string
  let answer: string
  try {
    const messages = render(wording, checkValues(asking.variables, variables), language)
    task = messages.map(({ content }) => content).join('\n\n')
    const given = await ai.ask(context, {
      purpose: 'prompts.evolve',
      idempotencyKey: key,
      messages,
      parameters,
      subject: { type: 'PromptEvolution', id: evolutionId },
      ...(signal && { signal }),
    })
    costs.add(given.costMicros)
    answer = given.text
  } catch (error) {
    if (error instanceof InvalidInputError) return costs.step(failed(0, error))
    const code = passedOver(error, signal)
    costs.addUnknown()
    return costs.step(failed(code === 'AI_REFUSED' ? 0 : null, error))
  }
  const results = expectation.checks.map((check) => runCheck(check, answer))
  const scores = results.map(({ score }) => score)
  const feedback = results.flatMap(({ fault }) => fault ?? [])
  if (expectation.judge) {
    try {
      const judged = await asking.run(context, {
        prompt: assessPrompt.name,
        language,
        variables: { expected: expectation.judge, task, answer },
        output: assessmentOutput,
        idempotencyKey: `${key}:judge`,
        about: { type: 'PromptEvolution', id: evolutionId },
        ...(signal && { signal }),
      })
      costs.add(judged.costMicros)
      const score = Math.min(1, Math.max(0, judged.output.score))
      scores.push(score)
      if (score < 1 && judged.output.reason) feedback.push(shownText(judged.output.reason))
    } catch (error) {
      const code = passedOver(error, signal)
      costs.addUnknown()
      // Checks alone would be another measure than that of the other candidates.
      return costs.step({ score: null, feedback: [`The judge gave no verdict (${code}).`], answer: shownText(answer) })
    }
  }
  return costs.step({
    score: scores.reduce((sum, score) => sum + score, 0) / scores.length,
    feedback,
    answer: shownText(answer),
  })
}

/** Another wording, by what this one got wrong. */
export function reflect(
  asking: Asking,
  generation: number,
  parent: Wording,
  examples: readonly Example[],
): Promise<Step<Proposal | null>> {
  return propose(asking, generation, {
    prompt: reflectPrompt.name,
    variables: { system: parent.system, template: parent.template, examples },
  })
}

/** One wording of two. */
export function merge(
  asking: Asking,
  generation: number,
  [first, second]: readonly [Wording, Wording],
  [firstExamples, secondExamples]: readonly [readonly Example[], readonly Example[]],
): Promise<Step<Proposal | null>> {
  return propose(asking, generation, {
    prompt: mergePrompt.name,
    variables: {
      firstSystem: first.system,
      firstTemplate: first.template,
      firstExamples,
      secondSystem: second.system,
      secondTemplate: second.template,
      secondExamples,
    },
  })
}

async function propose(
  { context, run, evolutionId, language, variables, goals, signal }: Asking,
  generation: number,
  request: Pick<PromptRequest, 'prompt' | 'variables'>,
): Promise<Step<Proposal | null>> {
  const costs = new Costs()
  const declared = variables.map(({ name, type, description, required = true }) => ({
    name,
    type,
    description,
    required,
  }))
  try {
    const given = await run(context, {
      prompt: request.prompt,
      language,
      variables: { ...request.variables, declared, goals },
      output: proposalOutput,
      idempotencyKey: `prompts.evolve:${evolutionId}:proposal:${generation}`,
      about: { type: 'PromptEvolution', id: evolutionId },
      // Another answer is wanted each time, also to the same question.
      cacheSeconds: 0,
      ...(signal && { signal }),
    })
    costs.add(given.costMicros)
    const { diagnosis, ...wording } = given.output
    return costs.step({ diagnosis: shownText(diagnosis), wording: withoutMarks(wording) })
  } catch (error) {
    passedOver(error, signal)
    costs.addUnknown()
    return costs.step(null)
  }
}

/**
 * The code of an error after which the run goes on without this one answer.
 *
 * @throws any other
 */
function passedOver(error: unknown, signal: AbortSignal | undefined): string {
  const { code } = error as { code?: string }
  // Canceled by an earlier run of the job, which was told to stop: it is not asked again under its key.
  const isOfBefore = code === 'AI_CANCELED' && !signal?.aborted
  if (code && (isOfBefore || goesOn.includes(code))) return code
  throw error
}

/** Values that a wording cannot be filled in with, and a model that will not answer it, count as 0: both are the wording's to mend. */
function failed(score: 0 | null, error: unknown): Measured {
  return { score, feedback: [shownText((error as Error).message)], answer: '' }
}

/** What the calls of one step cost together. */
class Costs {
  #micros: number | null = 0
  #calls = 0
  #unknown = 0

  add(micros: number | null): void {
    this.#calls++
    this.#micros = this.#micros === null || micros === null ? null : this.#micros + micros
  }

  /** A call that failed after it may have been paid for. */
  addUnknown(): void {
    this.#calls++
    this.#unknown++
  }

  step<T>(value: T): Step<T> {
    return { value, costMicros: this.#micros, calls: this.#calls, unknownCosts: this.#unknown }
  }
}
