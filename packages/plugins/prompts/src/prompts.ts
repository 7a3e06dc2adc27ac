import type { ModelGateway } from '@espalier/ai'
import type { SqlContext } from '@espalier/core'
import type { Experiments } from '@espalier/experiments'
import { Executions, type VariantRequest } from './executions/executions.ts'
import { ActiveVariants } from './registry/activeVariant.ts'
import { BuiltIns } from './registry/builtIns.ts'
import { Definitions } from './registry/definitions.ts'
import type { PromptAnswer, PromptDefinition, PromptRequest, PromptRunner, PromptScoreInput } from './runner.ts'

export interface PromptsParts {
  readonly ai: ModelGateway
  readonly experiments: Experiments
}

/** The service of the prompts plugin: what other plugins `use`. */
export class Prompts implements PromptRunner {
  readonly definitions = new Definitions()
  readonly builtIns: BuiltIns
  readonly variants: ActiveVariants
  readonly executions: Executions

  constructor({ ai, experiments }: PromptsParts) {
    this.builtIns = new BuiltIns(this.definitions)
    this.variants = new ActiveVariants(this.definitions, this.builtIns)
    this.executions = new Executions({ ai, experiments, variants: this.variants, finished: async () => {} })
  }

  define(definition: PromptDefinition): void {
    this.definitions.add(definition)
  }

  run<Output = string>(context: SqlContext, request: PromptRequest<Output>): Promise<PromptAnswer<Output>> {
    return this.executions.run(context, request)
  }

  /** Asks with one variant, whether it is active or not, and outside of A/B tests: for trying it out. @throws as `run` */
  runVariant<Output = string>(context: SqlContext, request: VariantRequest<Output>): Promise<PromptAnswer<Output>> {
    return this.executions.runVariant(context, request)
  }

  async score(_context: SqlContext, _executionId: string, _score: PromptScoreInput): Promise<void> {}
}
