import {
  type Builder,
  both,
  deprecated,
  filterBy,
  InvalidInputError,
  prismaList,
  searchIn,
  type WorkspaceNodeRef,
  wordEnum,
  workspaceNode,
} from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import type { Prompts } from '../prompts.ts'
import type { PromptScoreInput } from '../runner.ts'
import { valuesOf } from './preview.ts'
import type { PromptNodes } from './prompt.ts'

const read = { authScopes: { permission: 'prompts:read' }, subGraphs: both } as const
/** What was said to a model may be about persons: whoever may see the calls themselves sees it. */
const personal = { authScopes: { permission: 'ai:read' } } as const

/** Uses of prompts, and what is said about them. */
export function executionTypes(
  builder: Builder,
  { PromptVariant, Language }: PromptNodes,
  { executions, scores }: Prompts,
): WorkspaceNodeRef<'PromptExecution'> {
  const Environment = wordEnum<'production' | 'staging' | 'test'>(
    builder,
    'PromptEnvironment',
    'What an execution was for.',
    {
      production: 'The real thing.',
      staging: 'A rehearsal.',
      test: 'Trying it out: it does not count for the variant’s score.',
    },
  )
  const Source = wordEnum<PromptScoreInput['source']>(builder, 'PromptScoreSource', 'Who scored an execution.', {
    check: 'Code.',
    judge: 'A model.',
    person: 'A person.',
    outcome: 'What came of it.',
  })
  const Metric = wordEnum<PromptScoreInput['metric']>(builder, 'PromptMetric', 'What is scored.', {
    quality: 'How good it is, all in all: from 0 to 1.',
    accuracy: 'How true it is: from 0 to 1.',
    consistency: 'How well it keeps to the form: from 0 to 1.',
    completeness: 'How much of it is there: from 0 to 1.',
    rating: 'What people give it: from 1 to 5.',
  })

  const Score = workspaceNode(builder, 'PromptScore', {
    description: 'What somebody or something says about an execution.',
    ...read,
    fields: (t) => ({
      source: t.field({
        type: Source,
        description: 'Who said it.',
        resolve: ({ source }) => source as PromptScoreInput['source'],
      }),
      by: t.exposeString('by', {
        description: 'Name of the check, id of the judge’s variant, or id of the person.',
      }),
      metric: t.field({
        type: Metric,
        description: 'What it is about.',
        resolve: ({ metric }) => metric as PromptScoreInput['metric'],
      }),
      value: t.exposeFloat('value', { description: 'From 0 to 1; a rating from 1 to 5.' }),
      note: t.exposeString('note', { description: 'Why. May be empty.', nullable: true, ...personal }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was said.' }),
    }),
  })
  const scoreList = prismaList(builder, Score, {
    filter: { source: Source, metric: Metric, createdAt: 'dateTime' },
    orderBy: ['createdAt'],
  })

  const mean = (what: string) =>
    ({ nullable: true, description: `${what} Mean over its sources; null before any.` }) as const
  const PromptExecution = workspaceNode(builder, 'PromptExecution', {
    description: 'One use of a variant.',
    ...read,
    fields: (t) => ({
      variant: t.relation('variant', { description: 'What was used.' }),
      language: t.field({
        type: Language,
        description: 'What was asked for.',
        resolve: ({ language }) => language as 'en',
      }),
      fallback: t.boolean({
        description: 'Whether the variant is of another language, because there was none in this.',
        ...isFallback,
      }),
      isFallback: t.boolean({
        description: 'Whether the variant is of another language.',
        deprecationReason: deprecated('2026-11-22', 'fallback'),
        ...isFallback,
      }),
      environment: t.field({
        type: Environment,
        description: 'What it was for.',
        resolve: ({ environment }) => environment as 'test',
      }),
      testId: t.expose('testId', {
        type: 'UUID',
        nullable: true,
        description: 'The A/B test that picked the variant, as its id in the database. Null outside of one.',
      }),
      callId: t.expose('callId', {
        type: 'UUID',
        nullable: true,
        description: 'The call of a model that answered it, as its id in the database. Null before one did.',
      }),
      variables: t.expose('variables', {
        ...personal,
        type: 'JSON',
        nullable: true,
        description: 'What it was filled in with. Only for those who hold ai:read.',
      }),
      text: t.exposeString('text', {
        ...personal,
        nullable: true,
        description: 'What the model said. Null before it did. Only for those who hold ai:read.',
      }),
      output: t.expose('output', {
        ...personal,
        type: 'JSON',
        nullable: true,
        description: 'The same, once it is read: text or fields. Only for those who hold ai:read.',
      }),
      model: t.exposeString('model', { nullable: true, description: 'Which model. Null before it answered.' }),
      responseTimeMs: t.exposeInt('responseTimeMs', { nullable: true, description: 'How long it took. Milliseconds.' }),
      inputTokens: t.exposeInt('inputTokens', { nullable: true, description: 'Tokens of the messages.' }),
      outputTokens: t.exposeInt('outputTokens', { nullable: true, description: 'Tokens of the answer.' }),
      costMicros: t.expose('costMicros', {
        type: 'SafeInt',
        nullable: true,
        description:
          'Millionths of a US dollar; 0 from memory. Null before it answered, and where the model has no price.',
      }),
      cacheHit: t.exposeBoolean('cacheHit', { description: 'Whether it was answered from memory, free of charge.' }),
      errorCode: t.exposeString('errorCode', {
        nullable: true,
        description: 'Why there is no answer, such as "AI_REFUSED". Null without an error.',
      }),
      errorMessage: t.exposeString('errorMessage', {
        ...personal,
        nullable: true,
        description: 'The same in a sentence. Only for those who hold ai:read.',
      }),
      quality: t.exposeFloat('quality', mean('How good it is, from 0 to 1.')),
      accuracy: t.exposeFloat('accuracy', mean('How true it is, from 0 to 1.')),
      consistency: t.exposeFloat('consistency', mean('How well it keeps to the form, from 0 to 1.')),
      completeness: t.exposeFloat('completeness', mean('How much of it is there, from 0 to 1.')),
      rating: t.exposeFloat('rating', mean('What people gave it, from 1 to 5.')),
      scores: scoreList.field(t, {
        description: 'What was said about it, each with its source.',
        where: (_args, _ctx, execution: { id: string }) => ({ executionId: execution.id }),
      }),
      erasedAt: t.expose('erasedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When what was said and answered was erased; the figures stay. Null before.',
      }),
      executedAt: t.expose('executedAt', { type: 'DateTime', description: 'When it began.' }),
      finishedAt: t.expose('finishedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When its outcome was written down. Null while it is under way.',
      }),
    }),
  })

  const list = prismaList(builder, PromptExecution, {
    filter: {
      search: searchIn('variant.prompt.name', 'subject', 'model', 'errorCode'),
      variantId: 'id',
      callId: filterBy('UUID', 'Of this call of a model.', (callId) => ({ callId })),
      environment: Environment,
      language: Language,
      errorCode: 'text',
      executedAt: 'dateTime',
    },
    orderBy: ['executedAt', 'costMicros'],
  })

  builder.queryField('promptExecutions', (t) =>
    list.field(t, { description: 'Uses of prompts, the latest first.', ...read }),
  )

  builder.mutationField('tryPromptVariant', (t) =>
    t.field({
      type: PromptExecution,
      description:
        'Asks a model with a variant, whatever its state, in the environment TEST. The answer arrives in the execution within seconds: read it until `finishedAt` is there. It costs what the model costs.',
      authScopes: { permission: 'prompts:run' },
      subGraphs: both,
      args: {
        variantId: t.arg.globalID({ for: PromptVariant, required: true, description: 'The variant.' }),
        variables: t.arg({
          type: 'JSON',
          required: true,
          description: 'Values by the names of variables. Example: `{ "product": "Pears" }`.',
        }),
        idempotencyKey: t.arg.string({
          description:
            '1 to 190 characters. Asking the same again under the same key gives the same execution; another question is refused. Default: a new one each time. Example: `trial-1`.',
        }),
      },
      resolve: async (_root, { variantId, variables, idempotencyKey }, ctx) => {
        if (idempotencyKey != null && (idempotencyKey === '' || idempotencyKey.length > 190))
          throw InvalidInputError.of('idempotencyKey', 'INVALID_KEY', {
            en: 'has to be of 1 to 190 characters.',
            fr: 'doit compter de 1 à 190 caractères.',
          })
        const id = await executions.plan(ctx, {
          variantId: variantId.id,
          variables: valuesOf(variables),
          idempotencyKey: `try ${idempotencyKey ?? uuidv7()}`,
        })
        ctx.audit({ resourceType: 'PromptExecution', resourceId: id, after: { variantId: variantId.id } })
        return ctx.db.prisma.promptExecution.findFirstOrThrow({ where: { id } })
      },
    }),
  )

  builder.mutationField('ratePromptExecution', (t) =>
    t.field({
      type: PromptExecution,
      description: 'Says how good the answer is, as a person. Saying it again replaces it.',
      authScopes: { permission: 'prompts:write' },
      subGraphs: both,
      args: {
        id: t.arg.globalID({ for: PromptExecution, required: true, description: 'The execution.' }),
        rating: t.arg.int({ required: true, description: 'From 1 to 5.' }),
        note: t.arg.string({ description: 'Why: 2,000 characters at most. Example: `Right, and too long`.' }),
      },
      resolve: async (_root, { id, rating, note }, ctx) => {
        const { principal } = ctx
        if (rating < 1 || rating > 5)
          throw InvalidInputError.of('rating', 'OUT_OF_RANGE', {
            en: `is ${rating}, and goes from 1 to 5.`,
            fr: `vaut ${rating}, et va de 1 à 5.`,
          })
        await scores.score(ctx, id.id, {
          source: 'person',
          by: principal.type === 'system' ? principal.name : principal.id,
          metric: 'rating',
          value: rating,
          ...(note && { note }),
        })
        ctx.audit({ resourceType: 'PromptExecution', resourceId: id.id, after: { rating } })
        return ctx.db.prisma.promptExecution.findFirstOrThrow({ where: { id: id.id } })
      },
    }),
  )
  return PromptExecution
}

const isFallback = {
  select: { language: true, variant: { select: { language: true } } } as never,
  resolve: (execution: { language: string; variant?: { language: string } }) =>
    execution.language !== execution.variant?.language,
}
