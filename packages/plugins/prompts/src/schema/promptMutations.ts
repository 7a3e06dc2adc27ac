import { type Builder, both, withoutNulls } from '@espalier/core'
import type { PromptInput, VariantInput } from '../promptInput.ts'
import type { Prompts } from '../prompts.ts'
import type { PromptNodes } from './prompt.ts'
import type { promptInputs } from './promptInputs.ts'

/** Writing prompts, and deciding which wording is used. */
export function promptMutations(
  builder: Builder,
  { Prompt, PromptVariant, Language }: PromptNodes,
  inputs: ReturnType<typeof promptInputs>,
  { registry }: Prompts,
): void {
  const write = { authScopes: { permission: 'prompts:write' }, subGraphs: both } as const

  builder.mutationField('createPrompt', (t) =>
    t.field({
      type: Prompt,
      description: 'Makes a prompt with its first variant, which is active.',
      ...write,
      args: { input: t.arg({ type: inputs.CreatePrompt, required: true, description: 'The prompt.' }) },
      resolve: (_root, { input: { variant, ...input } }, ctx) =>
        registry.create(ctx, { ...input, variant: plain(variant) } as PromptInput),
    }),
  )

  const UpdatePrompt = builder.inputType('UpdatePromptInput', {
    description: 'A change of a prompt. What is left out stays.',
    subGraphs: both,
    fields: (t) => ({
      description: t.string({ description: 'What it is for. Example: `Headlines of product pages`.' }),
    }),
  })

  builder.mutationField('updatePrompt', (t) =>
    t.field({
      type: Prompt,
      description: 'Changes what a prompt of the workspace’s own says of itself. Its wordings are variants.',
      ...write,
      args: {
        id: t.arg.globalID({ for: Prompt, required: true, description: 'The prompt.' }),
        input: t.arg({ type: UpdatePrompt, required: true, description: 'What to change.' }),
        expectedVersion: t.arg.int({
          description:
            'The version that was read and changed. Refused where somebody has saved since; without it the last one wins.',
        }),
      },
      resolve: (_root, { id, input, expectedVersion }, ctx) =>
        registry.update(ctx, id.id, withoutNulls({ ...input }), expectedVersion),
    }),
  )

  builder.mutationField('addPromptVariant', (t) =>
    t.field({
      type: PromptVariant,
      description: 'Adds the next version of a prompt in a language, as a draft.',
      ...write,
      args: {
        promptId: t.arg.globalID({ for: Prompt, required: true, description: 'The prompt.' }),
        input: t.arg({ type: inputs.AddVariant, required: true, description: 'What it says.' }),
      },
      resolve: (_root, { promptId, input: { parentId, ...input } }, ctx) =>
        registry.addVariant(ctx, promptId.id, { ...plain(input), parentId: parentId?.id ?? null } as VariantInput),
    }),
  )

  builder.mutationField('activatePromptVariant', (t) =>
    t.field({
      type: PromptVariant,
      description: 'Makes a variant what its prompt says in its language. The one before is retired.',
      ...write,
      args: { id: t.arg.globalID({ for: PromptVariant, required: true, description: 'The variant.' }) },
      resolve: (_root, { id }, ctx) => registry.activate(ctx, id.id),
    }),
  )

  builder.mutationField('rollBackPrompt', (t) =>
    t.field({
      type: PromptVariant,
      description:
        'Goes back to the variant that was active before the present one; again, to the one before that. The answer is the variant that is active now.',
      ...write,
      args: {
        id: t.arg.globalID({ for: Prompt, required: true, description: 'The prompt.' }),
        language: t.arg({ type: Language, required: true, description: 'In which language.' }),
      },
      resolve: (_root, { id, language }, ctx) => registry.rollBack(ctx, id.id, language),
    }),
  )

  builder.mutationField('retirePromptVariant', (t) =>
    t.field({
      type: PromptVariant,
      description:
        'Takes a variant out of use. The French one may go while English stands in for it; the last active one may not.',
      ...write,
      args: { id: t.arg.globalID({ for: PromptVariant, required: true, description: 'The variant.' }) },
      resolve: (_root, { id }, ctx) => registry.retire(ctx, id.id),
    }),
  )
}

/** What was not said is left out, parameters too. */
function plain<Input extends { parameters?: object | null | undefined }>({ parameters, ...input }: Input): object {
  return { ...input, ...(parameters && { parameters: withoutNulls(parameters) }) }
}
