import type { ModelMessage } from '@espalier/ai'
import { type Builder, both, InvalidInputError, NotFoundError, type WorkspaceContext, wordEnum } from '@espalier/core'
import type { Prompts } from '../prompts.ts'
import {
  type DiffKind,
  diffVariants,
  type Hunk,
  type ParameterDiff,
  type Piece,
  type TextDiff,
  type VariantDiff,
} from '../registry/diff.ts'
import { render } from '../template.ts'
import { checkValues, exampleValues } from '../variables.ts'
import type { PromptNodes } from './prompt.ts'

/** What is looked at before a variant is used: how it differs, and what a model would be told. */
export function previewTypes(builder: Builder, { PromptVariant }: PromptNodes, prompts: Prompts): void {
  const read = { authScopes: { permission: 'prompts:read' }, subGraphs: both } as const
  const Kind = wordEnum<DiffKind>(builder, 'PromptDiffKind', 'What became of a line or of words.', {
    same: 'They are in both.',
    added: 'They are in the second alone.',
    removed: 'They are in the first alone.',
  })
  const Part = wordEnum(builder, 'PromptPart', 'One of the two texts of a variant.', {
    system: 'The system message.',
    template: 'The user message.',
  })

  const PieceType = builder.objectRef<Piece>('PromptDiffPiece').implement({
    description: 'A line, or words.',
    ...read,
    fields: (t) => ({
      kind: t.field({ type: Kind, description: 'What became of it.', resolve: ({ kind }) => kind }),
      text: t.exposeString('text', { description: 'What it says.' }),
    }),
  })
  const HunkType = builder.objectRef<Hunk>('PromptDiffHunk').implement({
    description: 'Lines that changed, with three around them.',
    ...read,
    fields: (t) => ({
      fromLine: t.exposeInt('fromLine', { description: 'Number of its first line in the first text.' }),
      fromLines: t.exposeInt('fromLines', { description: 'How many lines of the first text it covers.' }),
      toLine: t.exposeInt('toLine', { description: 'Number of its first line in the second text.' }),
      toLines: t.exposeInt('toLines', { description: 'How many lines of the second text it covers.' }),
      lines: t.field({
        type: [PieceType],
        description: 'The lines in order.',
        extensions: { boundedList: 'lines of two texts of at most 50,000 characters' },
        resolve: ({ lines }) => [...lines],
      }),
    }),
  })
  const TextType = builder.objectRef<TextDiff>('PromptTextDiff').implement({
    description: 'How one text of a variant became that of another.',
    ...read,
    fields: (t) => ({
      part: t.field({ type: Part, description: 'Which text.', resolve: ({ part }) => part }),
      hunks: t.field({
        type: [HunkType],
        description: 'By lines: where something changed.',
        extensions: { boundedList: 'lines of two texts of at most 50,000 characters' },
        resolve: ({ hunks }) => [...hunks],
      }),
      words: t.field({
        type: [PieceType],
        nullable: true,
        description: 'The whole of it by words. Null where too much differs to be shown so.',
        extensions: { boundedList: 'words of two texts of at most 50,000 characters' },
        resolve: ({ words }) => words && [...words],
      }),
    }),
  })
  const ParameterType = builder.objectRef<ParameterDiff>('PromptParameterDiff').implement({
    description: 'A parameter that is not the same.',
    ...read,
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Which.' }),
      from: t.exposeString('from', {
        nullable: true,
        description: 'Of the first variant. Null: as the workspace says.',
      }),
      to: t.exposeString('to', { nullable: true, description: 'Of the second variant. Null: as the workspace says.' }),
    }),
  })
  const Diff = builder.objectRef<VariantDiff>('PromptDiff').implement({
    description: 'What differs between two variants.',
    ...read,
    fields: (t) => ({
      from: t.field({ type: PromptVariant, description: 'The first.', resolve: ({ from }) => from }),
      to: t.field({ type: PromptVariant, description: 'The second.', resolve: ({ to }) => to }),
      texts: t.field({
        type: [TextType],
        description: 'The texts that are not the same.',
        extensions: { boundedList: 'a variant has two texts' },
        resolve: ({ texts }) => [...texts],
      }),
      parameters: t.field({
        type: [ParameterType],
        description: 'The parameters that are not the same.',
        extensions: { boundedList: 'a variant has four parameters' },
        resolve: ({ parameters }) => [...parameters],
      }),
    }),
  })

  builder.queryField('promptDiff', (t) =>
    t.field({
      type: Diff,
      description: 'What differs between any two variants.',
      ...read,
      complexity: 20,
      args: {
        from: t.arg.globalID({ for: PromptVariant, required: true, description: 'The first.' }),
        to: t.arg.globalID({ for: PromptVariant, required: true, description: 'The second.' }),
      },
      resolve: async (_root, { from, to }, ctx) =>
        diffVariants(await variantOf(ctx, from.id), await variantOf(ctx, to.id)),
    }),
  )

  const Message = builder.objectRef<ModelMessage>('PromptMessage').implement({
    description: 'A message to a model.',
    ...read,
    fields: (t) => ({
      role: t.exposeString('role', { description: '"system" or "user".' }),
      content: t.exposeString('content', { description: 'What it says.' }),
    }),
  })
  const Preview = builder.objectRef<{ messages: ModelMessage[] }>('PromptPreview').implement({
    description: 'What a model would be told.',
    ...read,
    fields: (t) => ({
      messages: t.field({
        type: [Message],
        description: 'In order.',
        extensions: { boundedList: 'a system and a user message' },
        resolve: ({ messages }) => messages,
      }),
      characters: t.int({ description: 'How long they are together.', resolve: ({ messages }) => lengthOf(messages) }),
      estimatedTokens: t.int({
        description: 'About how many tokens that is: a quarter of the characters. Models count differently.',
        resolve: ({ messages }) => Math.ceil(lengthOf(messages) / 4),
      }),
    }),
  })

  builder.queryField('promptPreview', (t) =>
    t.field({
      type: Preview,
      description: 'A variant filled in, without asking a model.',
      ...read,
      complexity: 10,
      args: {
        variantId: t.arg.globalID({ for: PromptVariant, required: true, description: 'The variant.' }),
        variables: t.arg({
          type: 'JSON',
          description: 'Values by the names of variables. Default: their examples. Example: `{ "product": "Pears" }`.',
        }),
      },
      resolve: async (_root, { variantId, variables }, ctx) => {
        const variant = await prompts.variants.byId(ctx, variantId.id)
        const declared = variant.prompt.variables
        const given = variables === null || variables === undefined ? exampleValues(declared) : valuesOf(variables)
        return { messages: render(variant, checkValues(declared, given), variant.language) }
      },
    }),
  )
}

/** @throws InvalidInputError for JSON that is no object */
export function valuesOf(variables: unknown): Record<string, unknown> {
  if (typeof variables === 'object' && variables !== null && !Array.isArray(variables))
    return variables as Record<string, unknown>
  throw InvalidInputError.of('variables', 'WRONG_TYPE', {
    en: 'is no object: give values by the names of variables.',
    fr: 'n’est pas un objet : donnez les valeurs par nom de variable.',
  })
}

async function variantOf(context: WorkspaceContext, id: string) {
  const variant = await context.db.prisma.promptVariant.findFirst({ where: { id } })
  if (!variant) throw new NotFoundError('PromptVariant', id)
  return variant
}

function lengthOf(messages: readonly ModelMessage[]): number {
  return messages.reduce((sum, { content }) => sum + content.length, 0)
}
