import type { Builder, BuilderTypes, wordEnum } from '@espalier/core'
import type { PromptVariable } from '../runner.ts'
import type { PromptNodes } from './prompt.ts'

/** What prompts and variants are made of. */
export function promptInputs(
  builder: Builder,
  {
    PromptVariant,
    Language,
    VariableType,
  }: PromptNodes & { readonly VariableType: ReturnType<typeof wordEnum<PromptVariable['type']>> },
) {
  const Parameters = builder.inputType('PromptParametersInput', {
    description: 'How a model is asked. What is left out is as the workspace says.',
    fields: (t) => ({
      model: t.string({ description: 'The model. Example: `gpt-5-mini`.' }),
      temperature: t.float({ description: 'From 0 to 2.' }),
      topP: t.float({ description: 'Above 0, up to 1.' }),
      maxOutputTokens: t.int({ description: 'The longest answer, in tokens: 1 to 200,000.' }),
    }),
  })

  const Variable = builder.inputType('PromptVariableInput', {
    description: 'Something that a prompt is given.',
    fields: (t) => ({
      name: t.string({
        required: true,
        description: 'A lower-case letter, then letters, digits and _: 64 at most. Example: `product`.',
      }),
      type: t.field({ type: VariableType, required: true, description: 'What it holds.' }),
      description: t.string({
        required: true,
        defaultValue: '',
        description: 'What it means. Example: `What is sold`.',
      }),
      required: t.boolean({ required: true, defaultValue: true, description: 'Whether it has to be given.' }),
      example: t.field({
        type: 'JSON',
        description: 'A value of its type to try the prompt with. Example: `"Pears"`.',
      }),
    }),
  })

  const wording = (t: PothosSchemaTypes.InputFieldBuilder<BuilderTypes, 'InputObject'>) => ({
    language: t.field({ type: Language, required: true, description: 'The language that it is written in.' }),
    system: t.string({
      required: true,
      defaultValue: '',
      description:
        'What the system message says, in liquid: 50,000 characters at most. Example: `You write for {{ audience }}.`.',
    }),
    template: t.string({
      required: true,
      description:
        'What the user message says, in liquid: 50,000 characters at most, with declared variables alone. Example: `Write a headline about {{ product }}.`.',
    }),
    parameters: t.field({ type: Parameters, description: 'How the model is asked.' }),
    note: t.string({
      required: true,
      defaultValue: '',
      description: 'What there is to say about it. Example: `Shorter, without the greeting`.',
    }),
  })

  const FirstVariant = builder.inputType('FirstPromptVariantInput', {
    description: 'The first wording of a prompt. It is active at once.',
    fields: wording,
  })

  return {
    CreatePrompt: builder.inputType('CreatePromptInput', {
      description: 'A prompt to be.',
      fields: (t) => ({
        name: t.string({
          required: true,
          description:
            'Lower-case words joined by hyphens, with one dot: "pages.write-headline". Unique in the workspace.',
        }),
        description: t.string({
          required: true,
          defaultValue: '',
          description: 'What it is for. Example: `Headlines of product pages`.',
        }),
        variables: t.field({
          type: [Variable],
          required: true,
          defaultValue: [],
          description: 'What it is given: 50 at most.',
        }),
        variant: t.field({ type: FirstVariant, required: true, description: 'Its first wording.' }),
      }),
    }),
    AddVariant: builder.inputType('AddPromptVariantInput', {
      description: 'The next version of a prompt in a language.',
      fields: (t) => ({
        ...wording(t),
        parentId: t.globalID({
          for: PromptVariant,
          description: 'What it was made from. Default: the active variant of the language, or else the latest.',
        }),
      }),
    }),
  }
}
