import {
  type Builder,
  both,
  prismaList,
  searchIn,
  type WorkspaceNodeRef,
  wordEnum,
  workspaceNode,
} from '@espalier/core'
import type { Prompts } from '../prompts.ts'
import type { ModelSettings } from '../registry/activeVariant.ts'
import type { PromptLanguage, PromptVariable } from '../runner.ts'
import { evolutionTypes } from './evolution.ts'
import { executionTypes } from './execution.ts'
import { feedbackTypes } from './feedback.ts'
import { previewTypes } from './preview.ts'
import { caseTypes } from './promptCase.ts'
import { promptInputs } from './promptInputs.ts'
import { promptMutations } from './promptMutations.ts'
import { testTypes } from './test.ts'

const read = { authScopes: { permission: 'prompts:read' }, subGraphs: both } as const

/** What models are told, and how well it works. */
export function promptTypes(builder: Builder, prompts: Prompts): void {
  const Language = wordEnum<PromptLanguage>(builder, 'PromptLanguage', 'A language that prompts are written in.', {
    en: 'English.',
    fr: 'French.',
  })
  const Status = wordEnum(builder, 'PromptVariantStatus', 'What a variant is used for.', {
    draft: 'Written, and not in use but in A/B tests.',
    active: 'What the prompt says now in its language.',
    retired: 'No longer in use.',
  })
  const AuthorType = wordEnum(builder, 'PromptAuthorType', 'On whose behalf a variant was written.', {
    user: 'A person.',
    apiKey: 'A program with a key.',
    system: 'The installation itself, such as an evolution.',
    plugin: 'The plugin that brings the prompt.',
  })
  const VariableType = wordEnum<PromptVariable['type']>(builder, 'PromptVariableType', 'What a variable holds.', {
    text: 'Text.',
    number: 'A number.',
    boolean: 'True or false.',
    list: 'A list of anything.',
    object: 'Fields with names.',
  })

  const Variable = builder.objectRef<PromptVariable>('PromptVariable').implement({
    description: 'Something that a prompt is given.',
    ...read,
    fields: (t) => ({
      name: t.exposeString('name', { description: 'What templates call it.' }),
      type: t.field({ type: VariableType, description: 'What it holds.', resolve: ({ type }) => type }),
      description: t.exposeString('description', { description: 'What it means.' }),
      required: t.boolean({ description: 'Whether it has to be given.', resolve: ({ required }) => required ?? true }),
      example: t.field({
        type: 'JSON',
        nullable: true,
        description: 'A value to try the prompt with. Null without one.',
        resolve: ({ example }) => example ?? null,
      }),
    }),
  })

  const Parameters = builder.objectRef<ModelSettings>('PromptParameters').implement({
    description: 'How a model is asked. Null: as the workspace says.',
    ...read,
    fields: (t) => ({
      model: t.exposeString('model', { nullable: true, description: 'The model.' }),
      temperature: t.exposeFloat('temperature', { nullable: true, description: 'From 0 to 2.' }),
      topP: t.exposeFloat('topP', { nullable: true, description: 'Above 0, up to 1.' }),
      maxOutputTokens: t.exposeInt('maxOutputTokens', {
        nullable: true,
        description: 'The longest answer, in tokens.',
      }),
    }),
  })

  const PromptVariant = workspaceNode(builder, 'PromptVariant', {
    description: 'One wording of a prompt. Its text never changes: a change is another version.',
    ...read,
    fields: (t) => ({
      version: t.exposeInt('version', { description: '1, 2, 3 … within the prompt and language.' }),
      language: t.field({
        type: Language,
        description: 'The language that it is written in.',
        resolve: ({ language }) => language as PromptLanguage,
      }),
      status: t.field({ type: Status, description: 'What it is used for.', resolve: ({ status }) => status }),
      system: t.exposeString('system', { description: 'What the system message says, in liquid. May be empty.' }),
      template: t.exposeString('template', { description: 'What the user message says, in liquid.' }),
      parameters: t.field({
        type: Parameters,
        description: 'How the model is asked.',
        resolve: ({ parameters }) => (parameters ?? {}) as ModelSettings,
      }),
      score: t.exposeFloat('score', {
        nullable: true,
        description:
          'How well it does, from 0 to 1: the mean quality of its scored executions, as if ten of 0.5 had come before them, so that luck with few does not win. Null before any.',
      }),
      scoredExecutions: t.exposeInt('qualityCount', { description: 'Executions that the score is made of.' }),
      uses: t.exposeInt('uses', { description: 'How often it was used.' }),
      note: t.exposeString('note', { description: 'What its author said about it. May be empty.' }),
      createdByType: t.field({
        type: AuthorType,
        description: 'On whose behalf it was written.',
        resolve: ({ createdByType }) => createdByType as 'user',
      }),
      createdByName: t.exposeString('createdByName', { description: 'Who wrote it, by the name of that time.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was written.' }),
      activatedAt: t.expose('activatedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it was last activated. Null: never.',
      }),
      retiredAt: t.expose('retiredAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it was taken out of use. Null while it is not.',
      }),
      prompt: t.relation('prompt', { description: 'The prompt that it is a wording of.' }),
    }),
  })

  const variants = prismaList(builder, PromptVariant, {
    filter: { status: Status, language: Language, version: 'int', createdAt: 'dateTime' },
    orderBy: ['createdAt', 'version'],
  })

  const Prompt = workspaceNode(builder, 'Prompt', {
    description: 'A prompt by its name: what plugins ask for, whatever it says today.',
    ...read,
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Such as "landing-pages.write-variant", unique in the workspace.' }),
      description: t.exposeString('description', { description: 'What it is for.' }),
      variables: t.field({
        type: [Variable],
        description: 'What it is given.',
        extensions: { boundedList: 'a prompt has at most 50 variables' },
        resolve: ({ variables }) => variables as unknown as PromptVariable[],
      }),
      builtIn: t.exposeBoolean('builtIn', { description: 'Whether a plugin brings it.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the workspace got it.' }),
      updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When its name or variables last changed.' }),
      version: t.exposeInt('version', {
        description: 'How often people have saved it. Give it back with updatePrompt as `expectedVersion`.',
      }),
      activeVariants: t.relation('variants', {
        description: 'What it says now, in each language. French falls back on English.',
        query: { where: { status: 'active' }, orderBy: { language: 'asc' } },
        extensions: { boundedList: 'one for each of two languages' },
      }),
      variants: variants.field(t, {
        description: 'Its wordings, the newest first.',
        where: (_args, _ctx, prompt: { id: string }) => ({ promptId: prompt.id }),
      }),
    }),
  })

  const list = prismaList(builder, Prompt, {
    filter: { search: searchIn('name', 'description'), name: 'text', builtIn: 'boolean', createdAt: 'dateTime' },
    orderBy: ['createdAt', 'updatedAt', 'name'],
  })

  builder.queryField('prompts', (t) =>
    list.field(t, {
      description: 'Prompts of the workspace, those of plugins among them.',
      ...read,
      prepare: (ctx) => prompts.builtIns.syncAll(ctx),
    }),
  )

  builder.queryField('prompt', (t) =>
    t.prismaField({
      type: Prompt,
      nullable: true,
      description: 'A prompt by its name.',
      ...read,
      args: { name: t.arg.string({ required: true, description: 'Such as "landing-pages.write-variant".' }) },
      resolve: async (query, _root, { name }, ctx) => {
        await prompts.builtIns.syncAll(ctx)
        return ctx.db.prisma.prompt.findFirst({ ...query, where: { name } })
      },
    }),
  )

  const nodes = { Prompt, PromptVariant, Language }
  const PromptExecution = executionTypes(builder, nodes, prompts)
  testTypes(builder, nodes, prompts)
  previewTypes(builder, nodes, prompts)
  caseTypes(builder, nodes, PromptExecution, prompts)
  evolutionTypes(builder, nodes, prompts)
  feedbackTypes(builder, PromptExecution, prompts)
  promptMutations(builder, nodes, promptInputs(builder, { ...nodes, VariableType }), prompts)
}

export interface PromptNodes {
  readonly Prompt: WorkspaceNodeRef<'Prompt'>
  readonly PromptVariant: WorkspaceNodeRef<'PromptVariant'>
  readonly Language: ReturnType<typeof wordEnum<PromptLanguage>>
}
