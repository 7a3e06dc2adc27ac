import ai from '@espalier/ai'
import { definePlugin } from '@espalier/core'
import experiments from '@espalier/experiments'
import { Prompts } from './prompts.ts'

export type { VariantRequest } from './executions/executions.ts'
export type { Prompts } from './prompts.ts'
export type * from './runner.ts'

export default definePlugin({
  name: 'prompts',
  requires: [ai, experiments],
  permissions: {
    'prompts:read': 'See prompts, how they do and their A/B tests',
    'prompts:write': 'Write, activate and retire variants of prompts, rate executions, run A/B tests',
    'prompts:run': 'Try prompts out, which costs what the model costs',
  },
  setup: ({ use }) => new Prompts({ ai: use(ai), experiments: use(experiments) }),
})
