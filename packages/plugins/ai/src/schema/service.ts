import { type Builder, both, type WorkspaceNodeRef } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import type { Ai, AiStatus as Status } from '../ai.ts'
import type { BreakerState } from '../breaker.ts'
import { AiError } from '../errors.ts'
import { allPrices, type Price, pricesAsOf } from '../prices.ts'

/** `aiStatus`, `aiPrices`, `setAiKey`, `removeAiKey`, `tryAi`, `settleAiCall`. */
export function serviceTypes(builder: Builder, AiCall: WorkspaceNodeRef<'AiCall'>, ai: Ai): void {
  const AiStatus = statusType(builder)

  builder.queryField('aiStatus', (t) =>
    t.field({
      type: AiStatus,
      description: 'The model service of the workspace, and how it is doing.',
      authScopes: { permission: 'ai:read' },
      subGraphs: both,
      resolve: (_root, _args, ctx) => ai.status(ctx),
    }),
  )

  const AiPrice = builder.objectRef<{ model: string; price: Price }>('AiPrice').implement({
    description: 'What a model costs, in millionths of a US dollar for a million tokens.',
    authScopes: { public: true },
    subGraphs: both,
    fields: (t) => ({
      model: t.exposeString('model', { description: 'The model.' }),
      inputMicros: t.field({ type: 'SafeInt', description: 'Of input.', resolve: ({ price }) => price.input }),
      cachedInputMicros: t.field({
        type: 'SafeInt',
        description: 'Of input that the service had cached.',
        resolve: ({ price }) => price.cachedInput,
      }),
      outputMicros: t.field({ type: 'SafeInt', description: 'Of output.', resolve: ({ price }) => price.output }),
      asOf: t.field({
        type: 'Date',
        nullable: true,
        description: 'Date of the price list. Null: the workspace has set the price.',
        resolve: ({ price }) => price.asOf,
      }),
    }),
  })

  builder.queryField('aiPrices', (t) =>
    t.field({
      type: [AiPrice],
      description: 'What models cost: those of the list, and those that the workspace has set, by name.',
      authScopes: { permission: 'ai:read' },
      subGraphs: both,
      extensions: { boundedList: 'some dozens of models have a price' },
      resolve: async (_root, _args, ctx) => allPrices((await ai.settings(ctx)).prices),
    }),
  )

  const SetAiKeyInput = builder.inputType('SetAiKeyInput', {
    description: 'Where models are asked, and with which key.',
    fields: (t) => ({
      baseUrl: t.string({
        description:
          'Address of an OpenAI-compatible service, such as "https://api.openai.com/v1" or "http://localhost:11434/v1". Default: the one that is set, else OpenAI’s.',
      }),
      key: t.string({
        description:
          'Its key. Left out: the one that is set, where the address stays on its host; else none. Example: `sk-…`.',
      }),
    }),
  })

  builder.mutationField('setAiKey', (t) =>
    t.field({
      type: AiStatus,
      description: 'Sets the address and the key of the model service. The key is sealed, and no answer shows it.',
      authScopes: { permission: 'ai:configure' },
      subGraphs: both,
      args: { input: t.arg({ type: SetAiKeyInput, required: true, description: 'The service.' }) },
      resolve: async (_root, { input }, ctx) => {
        await ai.setConnection(ctx, { baseUrl: input.baseUrl, apiKey: input.key })
        return ai.status(ctx)
      },
    }),
  )

  builder.mutationField('removeAiKey', (t) =>
    t.field({
      type: AiStatus,
      description: 'Forgets the address and the key of the model service: nothing is asked any more.',
      authScopes: { permission: 'ai:configure' },
      subGraphs: both,
      resolve: async (_root, _args, ctx) => {
        await ai.removeConnection(ctx)
        return ai.status(ctx)
      },
    }),
  )

  const AiTrial = builder.objectRef<Trial>('AiTrial').implement({
    description: 'What came of trying the model service.',
    authScopes: { permission: 'ai:configure' },
    subGraphs: both,
    fields: (t) => ({
      ok: t.boolean({ description: 'Whether it answered.', resolve: ({ text }) => text !== null }),
      text: t.exposeString('text', { nullable: true, description: 'What it said.' }),
      errorCode: t.exposeString('errorCode', { nullable: true, description: 'Such as AI_REQUEST_REJECTED.' }),
      errorMessage: t.exposeString('errorMessage', { nullable: true, description: 'What is wrong, and the way out.' }),
      call: t.prismaField({
        type: AiCall,
        nullable: true,
        description: 'The call in the ledger. Null where none was written.',
        resolve: (query, { callId }, _args, ctx) =>
          callId === null ? null : ctx.db.prisma.aiCall.findFirst({ ...query, where: { id: callId } }),
      }),
    }),
  })

  builder.mutationField('tryAi', (t) =>
    t.field({
      type: AiTrial,
      description:
        'Asks the model something short, to see whether the service, its key and the model are right. It costs a little.',
      authScopes: { permission: 'ai:configure' },
      subGraphs: both,
      // An answer takes longer than a transaction lasts.
      workspace: false,
      args: {
        text: t.arg.string({ description: 'What to ask. Default: to say hello. Example: `Say hello in one word`.' }),
      },
      resolve: async (_root, { text }, ctx) => {
        const trial = await tryOut(ai, ctx, text || 'Say hello in one short sentence.')
        await ctx.transaction(async (tx) => {
          tx.audit({
            resourceType: 'AiCall',
            resourceId: trial.callId ?? ctx.workspaceId,
            after: { ok: trial.text !== null },
          })
        })
        return trial
      },
    }),
  )

  const SettleAiCallInput = builder.inputType('SettleAiCallInput', {
    description: 'What somebody found out about a call.',
    fields: (t) => ({
      carriedOut: t.boolean({
        required: true,
        description: 'Whether the service carried it out. If not, it cost nothing, and its key may ask again.',
      }),
      response: t.string({
        description:
          'What it answered, where that is known: its key gets this answer then. Example: `{ "headline": "Ripe today" }`.',
      }),
      inputTokens: t.int({ description: 'Tokens in. Without tokens, what was set aside stays spent.' }),
      outputTokens: t.int({ description: 'Tokens out.' }),
    }),
  })

  builder.mutationField('settleAiCall', (t) =>
    t.field({
      type: AiCall,
      description: 'Settles a call whose outcome is unknown, by what the service’s own log or bill says.',
      authScopes: { permission: 'ai:configure' },
      subGraphs: both,
      args: {
        id: t.arg.globalID({ for: AiCall, required: true, description: 'The call.' }),
        input: t.arg({ type: SettleAiCallInput, required: true, description: 'What became of it.' }),
      },
      resolve: async (_root, { id, input }, ctx) => {
        await ai.settlements.settle(ctx, id.id, input)
        return ctx.db.prisma.aiCall.findFirstOrThrow({ where: { id: id.id } })
      },
    }),
  )
}

interface Trial {
  readonly text: string | null
  readonly errorCode: string | null
  readonly errorMessage: string | null
  readonly callId: string | null
}

async function tryOut(ai: Ai, context: Parameters<Ai['ask']>[0], content: string): Promise<Trial> {
  try {
    const { text, callId } = await ai.ask(context, {
      purpose: 'ai.try',
      idempotencyKey: `ai.try ${uuidv7()}`,
      messages: [{ role: 'user', content }],
      cacheSeconds: 0,
    })
    return { text, errorCode: null, errorMessage: null, callId }
  } catch (error) {
    if (!(error instanceof AiError)) throw error
    return { text: null, errorCode: error.code, errorMessage: error.message, callId: error.callId }
  }
}

function statusType(builder: Builder) {
  const AiBreakerState = builder.enumType('AiBreakerState', {
    description: 'Whether requests to a model service pass.',
    subGraphs: both,
    values: {
      CLOSED: { value: 'closed', description: 'They pass.' },
      OPEN: { value: 'open', description: 'It has failed again and again: none passes for a while.' },
      HALF_OPEN: { value: 'halfOpen', description: 'The next one tries whether it is back.' },
    } as const satisfies Record<string, { value: BreakerState; description: string }>,
  })

  return builder.objectRef<Status>('AiStatus').implement({
    description: 'The model service of a workspace.',
    authScopes: { public: true },
    subGraphs: both,
    fields: (t) => ({
      configured: t.exposeBoolean('configured', { description: 'Whether there is one.' }),
      baseUrl: t.exposeString('baseUrl', { nullable: true, description: 'Its address.' }),
      hasKey: t.exposeBoolean('hasKey', { description: 'Whether a key is set. No answer shows it.' }),
      setAt: t.expose('setAt', { type: 'DateTime', nullable: true, description: 'When address and key were set.' }),
      model: t.exposeString('model', { description: 'The model that is asked where nobody names another.' }),
      breaker: t.field({
        type: AiBreakerState,
        description: 'Whether requests pass, as the process that answers has seen it.',
        resolve: ({ breaker }) => breaker,
      }),
      pricesAsOf: t.field({
        type: 'Date',
        description: 'Date of the price list.',
        resolve: () => pricesAsOf,
      }),
    }),
  })
}
