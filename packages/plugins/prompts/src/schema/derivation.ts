import { type Builder, both, type WorkspaceNodeRef, wordEnum } from '@espalier/core'
import type { Derivation, Derivations } from '../evolution/derivations.ts'

const read = { authScopes: { permission: 'prompts:read' }, subGraphs: both } as const

/** Single children of variants. */
export function derivationTypes(
  builder: Builder,
  PromptVariant: WorkspaceNodeRef<'PromptVariant'>,
  derivations: Derivations,
): void {
  const State = wordEnum<Derivation['state']>(builder, 'PromptDerivationState', 'Where a child is.', {
    waiting: 'The model is asked.',
    made: 'It is a draft.',
    refused: 'What the model proposed cannot take the place of its parent.',
    failed: 'The model proposed nothing.',
  })
  const variantId = { description: 'The id that the draft has; there is none where the child is refused.' }
  const Outcome = builder.objectRef<Derivation>('PromptDerivationOutcome').implement({
    description: 'What became of a child that was asked for.',
    ...read,
    fields: (t) => ({
      variantId: t.globalID({
        ...variantId,
        resolve: ({ variantId }) => ({ type: 'PromptVariant', id: variantId }),
      }),
      state: t.field({ type: State, description: 'Where it is.', resolve: ({ state }) => state }),
      refusal: t.exposeString('refusal', {
        nullable: true,
        description: 'Why there is no draft. Null while there may be one.',
      }),
    }),
  })
  const PromptDerivation = builder.objectRef<{ variantId: string; jobId: string }>('PromptDerivation').implement({
    description: 'A child that is being made. Read promptDerivation for what became of it.',
    ...read,
    fields: (t) => ({
      variantId: t.globalID({
        ...variantId,
        resolve: ({ variantId }) => ({ type: 'PromptVariant', id: variantId }),
      }),
      jobId: t.globalID({
        description: 'The job that makes it.',
        resolve: ({ jobId }) => ({ type: 'Job', id: jobId }),
      }),
    }),
  })

  builder.queryField('promptDerivation', (t) =>
    t.field({
      type: Outcome,
      nullable: true,
      description: 'A child that was asked for. Null before its job has begun, and for any other id.',
      ...read,
      args: {
        variantId: t.arg.globalID({
          for: PromptVariant,
          required: true,
          description: 'As derivePromptVariant has answered it.',
        }),
      },
      resolve: (_root, { variantId }, ctx) => derivations.find(ctx, variantId.id),
    }),
  )

  const DeriveInput = builder.inputType('DerivePromptVariantInput', {
    description: 'Of what a child is made.',
    subGraphs: both,
    fields: (t) => ({
      variantIds: t.globalIDList({
        for: PromptVariant,
        required: true,
        description: 'One variant to mutate, or two of one prompt and language to cross.',
      }),
      goals: t.stringList({
        description: 'What is to be reached: at most ten texts of 200 characters. Example: `["shorter"]`.',
      }),
    }),
  })
  builder.mutationField('derivePromptVariant', (t) =>
    t.field({
      type: PromptDerivation,
      description:
        'Has a model make one child of a variant, or of two, by the worst of their executions and by feedback. It becomes a draft, and nothing is said of how good it is. Read promptDerivation for what became of it.',
      // It writes drafts, and it costs money.
      authScopes: { permission: 'prompts:run' },
      subGraphs: both,
      args: { input: t.arg({ type: DeriveInput, required: true, description: 'Of what.' }) },
      resolve: (_root, { input: { variantIds, goals } }, ctx) =>
        derivations.request(ctx, { variantIds: variantIds.map(({ id }) => id), goals: goals ?? [] }),
    }),
  )
}
