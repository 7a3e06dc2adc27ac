import { type Builder, both, prismaList, type WorkspaceNodeRef, workspaceNode } from '@espalier/core'
import type { CaseFromExecution, CaseInput } from '../evolution/cases.ts'
import type { Prompts } from '../prompts.ts'
import type { PromptLanguage } from '../runner.ts'
import type { PromptNodes } from './prompt.ts'

const read = { authScopes: { permission: 'prompts:read' }, subGraphs: both } as const
const write = { authScopes: { permission: 'prompts:write' }, subGraphs: both } as const

/** Examples that wordings are tried on. */
export function caseTypes(
  builder: Builder,
  { Prompt, Language }: PromptNodes,
  PromptExecution: WorkspaceNodeRef<'PromptExecution'>,
  { cases }: Prompts,
): void {
  const PromptCase = workspaceNode(builder, 'PromptCase', {
    description: 'An example that wordings of a prompt are tried on.',
    ...read,
    fields: (t) => ({
      language: t.field({
        type: Language,
        description: 'Of the wordings that are tried on it.',
        resolve: ({ language }) => language as PromptLanguage,
      }),
      variables: t.expose('variables', {
        type: 'JSON',
        nullable: true,
        description: 'What the prompt is given. It may come from an execution, and be about a person.',
        authScopes: { permission: 'ai:read' },
      }),
      expectation: t.expose('expectation', { type: 'JSON', description: 'What a good answer holds.' }),
      heldBack: t.exposeBoolean('heldBack', {
        description: 'Whether it decides, and is never shown to a model that proposes wordings.',
      }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was added.' }),
      prompt: t.prismaField({
        type: 'Prompt',
        description: 'The prompt.',
        // By its own id, not as a relation: of a case that was deleted just now there is none to follow.
        resolve: (query, { promptId }, _args, ctx) =>
          ctx.db.prisma.prompt.findUniqueOrThrow({
            ...query,
            where: { workspaceId_id: { workspaceId: ctx.workspaceId, id: promptId } },
          }),
      }),
    }),
  })

  const list = prismaList(builder, PromptCase, {
    filter: { language: 'text', heldBack: 'boolean', createdAt: 'dateTime' },
    orderBy: ['createdAt'],
  })
  builder.prismaObjectField('Prompt', 'cases', (t) =>
    list.field(t, {
      description: 'Examples that its wordings are tried on, the newest first.',
      where: (_args, _ctx, prompt: { id: string }) => ({ promptId: prompt.id }),
    }),
  )

  const expectation =
    'What a good answer holds: `{ "checks": [{ "check": "contains", "values": ["free delivery"] }], "judge": "It is friendly." }`. Checks are contains and excludes (values), equals (value), minWords, maxWords and maxCharacters (value), jsonWithKeys (values). At least one check, or words for the judge.'
  const heldBack =
    'Whether it decides, and is never shown to a model that proposes wordings. An evolution needs at least four of each kind. Default: false.'

  const AddCase = builder.inputType('AddPromptCaseInput', {
    description: 'An example.',
    subGraphs: both,
    fields: (t) => ({
      language: t.field({ type: Language, required: true, description: 'Of the wordings that are tried on it.' }),
      variables: t.field({
        type: 'JSON',
        required: true,
        description: 'Values of the prompt’s variables, by name. Example: `{ "product": "Pears" }`.',
      }),
      expectation: t.field({ type: 'JSON', required: true, description: expectation }),
      heldBack: t.boolean({ description: heldBack }),
    }),
  })
  builder.mutationField('addPromptCase', (t) =>
    t.field({
      type: PromptCase,
      description: 'Adds an example that wordings of a prompt are tried on.',
      ...write,
      args: {
        promptId: t.arg.globalID({ for: Prompt, required: true, description: 'The prompt.' }),
        input: t.arg({ type: AddCase, required: true, description: 'The example.' }),
      },
      resolve: async (_root, { promptId, input }, ctx) => {
        const { language, variables, expectation, heldBack } = input
        const given: CaseInput = {
          promptId: promptId.id,
          language,
          variables,
          expectation,
          heldBack: heldBack ?? false,
        }
        const id = await cases.add(ctx, given)
        return ctx.db.prisma.promptCase.findFirstOrThrow({ where: { id } })
      },
    }),
  )

  builder.mutationField('addPromptCaseFromExecution', (t) =>
    t.field({
      type: PromptCase,
      description:
        'Adds an example with what an execution was given. It is kept until it is deleted, however long executions are.',
      ...write,
      args: {
        executionId: t.arg.globalID({ for: PromptExecution, required: true, description: 'The execution.' }),
        expectation: t.arg({ type: 'JSON', required: true, description: expectation }),
        heldBack: t.arg.boolean({ description: heldBack }),
      },
      resolve: async (_root, { executionId, expectation, heldBack }, ctx) => {
        const given: CaseFromExecution = { executionId: executionId.id, expectation, heldBack: heldBack ?? false }
        const id = await cases.addFromExecution(ctx, given)
        return ctx.db.prisma.promptCase.findFirstOrThrow({ where: { id } })
      },
    }),
  )

  builder.mutationField('deletePromptCase', (t) =>
    t.field({
      type: PromptCase,
      description: 'Deletes an example. Evolutions that have begun go on with it.',
      ...write,
      args: { id: t.arg.globalID({ for: PromptCase, required: true, description: 'The example.' }) },
      resolve: async (_root, { id }, ctx) => {
        const row = await ctx.db.prisma.promptCase.findFirst({ where: { id: id.id } })
        await cases.delete(ctx, id.id)
        return row as NonNullable<typeof row>
      },
    }),
  )
}
