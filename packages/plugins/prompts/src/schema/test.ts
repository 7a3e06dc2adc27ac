import { type Builder, both, prismaList, wordEnum, workspaceNode } from '@espalier/core'
import type { Prompts } from '../prompts.ts'
import type { Performance } from '../tests/performance.ts'
import type { TestInput } from '../tests/testInput.ts'
import type { TestReason } from '../tests/tests.ts'
import type { PromptNodes } from './prompt.ts'

const read = { authScopes: { permission: 'prompts:read' }, subGraphs: both } as const

/** A/B tests between variants. */
export function testTypes(
  builder: Builder,
  { Prompt, PromptVariant, Language }: PromptNodes,
  { tests }: Prompts,
): void {
  const Status = wordEnum<'draft' | 'running' | 'completed' | 'canceled'>(
    builder,
    'PromptTestStatus',
    'Where an A/B test of a prompt is in its life.',
    {
      draft: 'It has not begun.',
      running: 'Some subjects get the control, others the treatment.',
      completed: 'It has ended by itself, or in its experiment.',
      canceled: 'Somebody has ended it.',
    },
  )
  const Reason = wordEnum<TestReason>(builder, 'PromptTestReason', 'Why an A/B test of a prompt ended.', {
    significant: 'One variant is better, at the level that was asked for.',
    inconclusive: 'Its time or its one look is used up, and neither is better.',
    tooFewScores: 'Its time is used up, and too few executions were scored.',
    unhealthy: 'Its time is used up, and the variants did not get their shares.',
    decided: 'Somebody has completed its experiment.',
    canceled: 'Somebody has ended it.',
  })

  const figure = (description: string) => ({ nullable: true, description: `${description} Null before any.` }) as const
  const Metrics = builder.objectRef<Performance>('PromptTestMetrics').implement({
    description: 'How a variant does in an A/B test: means over its executions.',
    ...read,
    fields: (t) => ({
      executions: t.exposeInt('executions', { description: 'How many have ended.' }),
      scored: t.exposeInt('scored', { description: 'How many of them were scored.' }),
      quality: t.exposeFloat('quality', figure('From 0 to 1.')),
      accuracy: t.exposeFloat('accuracy', figure('From 0 to 1.')),
      consistency: t.exposeFloat('consistency', figure('From 0 to 1.')),
      completeness: t.exposeFloat('completeness', figure('From 0 to 1.')),
      rating: t.exposeFloat('rating', figure('From 1 to 5.')),
      errorRate: t.exposeFloat('errorRate', figure('Share that ended with an error, from 0 to 1.')),
      responseTimeMs: t.exposeFloat('responseTimeMs', figure('Milliseconds.')),
      tokens: t.exposeFloat('tokens', figure('Of messages and answer together.')),
      costMicros: t.exposeFloat('costMicros', figure('Millionths of a US dollar.')),
    }),
  })

  const PromptTest = workspaceNode(builder, 'PromptTest', {
    description: 'An A/B test between two variants of a prompt. It ends by itself.',
    ...read,
    fields: (t) => ({
      name: t.exposeString('name', { description: 'What people call it.' }),
      prompt: t.relation('prompt', { description: 'The prompt.' }),
      language: t.field({
        type: Language,
        description: 'The language of both variants.',
        resolve: ({ language }) => language as 'en',
      }),
      control: t.prismaField({
        type: PromptVariant,
        nullable: true,
        description: 'What everybody got when it was made.',
        resolve: (query, { controlVariantId: id }, _args, ctx) =>
          ctx.db.prisma.promptVariant.findFirst({ ...query, where: { id } }),
      }),
      treatment: t.prismaField({
        type: PromptVariant,
        nullable: true,
        description: 'What is tried.',
        resolve: (query, { treatmentVariantId: id }, _args, ctx) =>
          ctx.db.prisma.promptVariant.findFirst({ ...query, where: { id } }),
      }),
      experiment: t.prismaField({
        // A type of the experiments plugin, which this one requires.
        type: 'Experiment',
        nullable: true,
        description: 'What assigns and counts: with its results and its verdict. Null before the start.',
        resolve: (query, { experimentId }, _args, ctx) =>
          experimentId ? ctx.db.prisma.experiment.findFirst({ ...query, where: { id: experimentId } }) : null,
      }),
      controlShare: t.exposeFloat('controlShare', {
        description: 'Share of the subjects that get the control; the treatment has the rest.',
      }),
      minSampleSize: t.exposeInt('minSampleSize', {
        description: 'Subjects with a scored execution that each variant needs.',
      }),
      maxDays: t.exposeInt('maxDays', { description: 'Days after which it ends in any case.' }),
      significanceLevel: t.exposeFloat('significanceLevel', { description: 'What the p-value has to be below.' }),
      oneLook: t.exposeBoolean('oneLook', {
        description:
          'Whether there is one look, at the least sample, which then decides or nothing does. Else it is looked at all the time, by a test that allows it.',
      }),
      status: t.field({
        type: Status,
        description: 'Where it is in its life.',
        resolve: ({ status }) => status as 'draft',
      }),
      reason: t.field({
        type: Reason,
        nullable: true,
        description: 'Why it ended. Null before.',
        resolve: ({ reason }) => reason as TestReason | null,
      }),
      controlMetrics: t.field({
        type: Metrics,
        nullable: true,
        complexity: 5,
        description: 'How the control does, so far or when it ended. Null before the start.',
        resolve: async (test, _args, ctx) =>
          test.status === 'running'
            ? (await tests.performance(ctx, test)).control
            : (test.controlMetrics as Performance | null),
      }),
      treatmentMetrics: t.field({
        type: Metrics,
        nullable: true,
        complexity: 5,
        description: 'How the treatment does, so far or when it ended. Null before the start.',
        resolve: async (test, _args, ctx) =>
          test.status === 'running'
            ? (await tests.performance(ctx, test)).treatment
            : (test.treatmentMetrics as Performance | null),
      }),
      pValue: t.exposeFloat('pValue', {
        nullable: true,
        description: 'That both are equally good, when it ended. Null before, and where nothing could be compared.',
      }),
      winner: t.prismaField({
        type: PromptVariant,
        nullable: true,
        description: 'The better one. Null before the end, and where none is.',
        resolve: (query, { winnerVariantId: id }, _args, ctx) =>
          id ? ctx.db.prisma.promptVariant.findFirst({ ...query, where: { id } }) : null,
      }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
      startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true, description: 'When it began.' }),
      endedAt: t.expose('endedAt', { type: 'DateTime', nullable: true, description: 'When it ended.' }),
    }),
  })

  const list = prismaList(builder, PromptTest, {
    filter: { status: Status, language: Language, name: 'text', createdAt: 'dateTime' },
    orderBy: ['createdAt'],
  })
  builder.queryField('promptTests', (t) => list.field(t, { description: 'A/B tests of prompts.', ...read }))
  builder.prismaObjectField('Prompt', 'tests', (t) =>
    list.field(t, {
      description: 'Its A/B tests, the newest first.',
      where: (_args, _ctx, prompt: { id: string }) => ({ promptId: prompt.id }),
    }),
  )

  const CreateTest = builder.inputType('CreatePromptTestInput', {
    description: 'An A/B test to be, against what is active in the language of the treatment.',
    fields: (t) => ({
      promptId: t.globalID({ for: Prompt, required: true, description: 'The prompt.' }),
      name: t.string({
        required: true,
        description: 'What people call it: 80 characters at most. Example: `Short against long`.',
      }),
      treatmentVariantId: t.globalID({ for: PromptVariant, required: true, description: 'What is tried.' }),
      controlShare: t.float({
        required: true,
        defaultValue: 0.5,
        description: 'Share of the subjects that get the control: 0.05 to 0.95.',
      }),
      minSampleSize: t.int({
        required: true,
        defaultValue: 100,
        description: 'Subjects with a scored execution that each variant needs: 100 at least.',
      }),
      maxDays: t.int({ required: true, defaultValue: 7, description: 'Days after which it ends: 1 to 7.' }),
      significanceLevel: t.float({ required: true, defaultValue: 0.05, description: 'From 0.001 to 0.5.' }),
      oneLook: t.boolean({
        required: true,
        defaultValue: false,
        description: 'One look at the least sample, which finds smaller differences, instead of looking all the time.',
      }),
    }),
  })

  const write = { type: PromptTest, authScopes: { permission: 'prompts:write' }, subGraphs: both } as const
  builder.mutationField('createPromptTest', (t) =>
    t.field({
      ...write,
      description: 'Makes a draft of an A/B test.',
      args: { input: t.arg({ type: CreateTest, required: true, description: 'The test.' }) },
      resolve: (_root, { input: { promptId, treatmentVariantId, ...input } }, ctx) =>
        tests.create(ctx, {
          ...input,
          promptId: promptId.id,
          treatmentVariantId: treatmentVariantId.id,
        } satisfies TestInput),
    }),
  )
  builder.mutationField('startPromptTest', (t) =>
    t.field({
      ...write,
      description: 'Starts an A/B test: from now on some subjects get the treatment.',
      args: { id: t.arg.globalID({ for: PromptTest, required: true, description: 'The test.' }) },
      resolve: (_root, { id }, ctx) => tests.start(ctx, id.id),
    }),
  )
  builder.mutationField('cancelPromptTest', (t) =>
    t.field({
      ...write,
      description: 'Ends an A/B test without a winner: the control stays.',
      args: { id: t.arg.globalID({ for: PromptTest, required: true, description: 'The test.' }) },
      resolve: (_root, { id }, ctx) => tests.cancel(ctx, id.id),
    }),
  )
}
