import type { ModelGateway } from '@espalier/ai'
import type { Live, SqlContext } from '@espalier/core'
import type { Experiments } from '@espalier/experiments'
import { Cases } from './evolution/cases.ts'
import { Derivations } from './evolution/derivations.ts'
import { Evolutions } from './evolution/evolutions.ts'
import type { KeepDays } from './executions/erasure.ts'
import { Executions } from './executions/executions.ts'
import { Feedbacks } from './feedback/feedbacks.ts'
import { ActiveVariants } from './registry/activeVariant.ts'
import { BuiltIns } from './registry/builtIns.ts'
import { Definitions } from './registry/definitions.ts'
import { Registry } from './registry/registry.ts'
import type { PromptAnswer, PromptDefinition, PromptRequest, PromptRunner, PromptScoreInput } from './runner.ts'
import { scoreFailure } from './scores/failure.ts'
import { Judge, judgePrompt } from './scores/judge.ts'
import { Scores } from './scores/scores.ts'
import type { PromptSettings } from './settings.ts'
import { Tests } from './tests/tests.ts'

export interface PromptsParts {
  readonly ai: ModelGateway
  readonly experiments: Experiments
  readonly live: Live
  readonly settings: (context: SqlContext) => Promise<PromptSettings>
  readonly keepDays: KeepDays
}

/** The service of the prompts plugin: what other plugins `use`. */
export class Prompts implements PromptRunner {
  readonly definitions = new Definitions()
  readonly builtIns: BuiltIns
  readonly variants: ActiveVariants
  readonly registry: Registry
  readonly executions: Executions
  readonly scores: Scores
  readonly judge: Judge
  readonly tests: Tests
  readonly cases = new Cases()
  readonly evolutions: Evolutions
  readonly derivations: Derivations
  readonly feedback = new Feedbacks()
  readonly keepDays: KeepDays

  constructor({ ai, experiments, live, settings, keepDays }: PromptsParts) {
    this.keepDays = keepDays
    this.builtIns = new BuiltIns(this.definitions)
    this.variants = new ActiveVariants(this.definitions, this.builtIns)
    this.registry = new Registry(this.builtIns)
    this.tests = new Tests({ experiments, registry: this.registry, settings })
    this.scores = new Scores((tx, execution) => this.tests.scored(tx, execution))
    this.judge = new Judge({ ai, experiments, runner: this, settings })
    this.executions = new Executions({
      ...{ ai, experiments, variants: this.variants },
      finished: async (tx, execution) => {
        await this.judge.sample(tx, execution)
        await scoreFailure(tx, this.scores, execution)
      },
    })
    this.define(judgePrompt)
    const { variants, cases, feedback } = this
    this.evolutions = new Evolutions({ ai, prompts: this, variants, cases, live })
    this.derivations = new Derivations({ ai, prompts: this, variants, feedback })
  }

  define(definition: PromptDefinition): void {
    this.definitions.add(definition)
  }

  run<Output = string>(context: SqlContext, request: PromptRequest<Output>): Promise<PromptAnswer<Output>> {
    return this.executions.run(context, request)
  }

  score(context: SqlContext, executionId: string, score: PromptScoreInput): Promise<void> {
    return this.scores.score(context, executionId, score)
  }
}
