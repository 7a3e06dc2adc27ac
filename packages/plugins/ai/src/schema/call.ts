import { type Builder, both, prismaList, searchIn, type WorkspaceNodeRef, workspaceNode } from '@espalier/core'

const read = { authScopes: { permission: 'ai:read' }, subGraphs: both } as const

/** `AiCall`, `aiCalls`, `aiCall`. */
export function callTypes(builder: Builder): WorkspaceNodeRef<'AiCall'> {
  const AiCallStatus = builder.enumType('AiCallStatus', {
    description: 'Where a call of a model is.',
    subGraphs: both,
    values: {
      PLANNED: { value: 'planned', description: 'It is written down, and has not left or is about to be repeated.' },
      ATTEMPTED: { value: 'attempted', description: 'It is on its way; the money for it is set aside.' },
      SUCCEEDED: { value: 'succeeded', description: 'It was answered.' },
      FAILED: { value: 'failed', description: 'It was not carried out, or its answer cannot be used: see the error.' },
      UNKNOWN: { value: 'unknown', description: 'It left, and whether it was carried out is not known.' },
    } as const,
  })

  const AiMessage = builder.objectRef<{ role: string; content: string }>('AiMessage').implement({
    description: 'One message of what a model was asked.',
    authScopes: { permission: 'ai:read' },
    subGraphs: both,
    fields: (t) => ({
      role: t.exposeString('role', { description: 'system, user or assistant.' }),
      content: t.exposeString('content', { description: 'What it says, as it left.' }),
    }),
  })

  const AiCall = workspaceNode(builder, 'AiCall', {
    description: 'One request to a model: what was asked and answered, what it cost, who asked.',
    ...read,
    fields: (t) => ({
      idempotencyKey: t.exposeString('idempotencyKey', { description: 'The same key is never paid for twice.' }),
      purpose: t.exposeString('purpose', { description: 'What it is for: "landing-pages.write-variant".' }),
      subjectType: t.exposeString('subjectType', { nullable: true, description: 'What it is about: "PageLoopRun".' }),
      subjectId: t.expose('subjectId', { type: 'UUID', nullable: true, description: 'Which one.' }),
      promptName: t.exposeString('promptName', { nullable: true, description: 'The prompt that it came from.' }),
      promptVariantId: t.expose('promptVariantId', {
        type: 'UUID',
        nullable: true,
        description: 'Which of its variants.',
      }),
      model: t.exposeString('model', { description: 'The model that was asked.' }),
      endpoint: t.exposeString('endpoint', { description: 'The wire format: chat or responses.' }),
      parameters: t.field({
        type: 'JSON',
        description: 'maxOutputTokens, temperature and so on, as they left.',
        resolve: ({ parameters }) => parameters,
      }),
      messages: t.field({
        type: [AiMessage],
        description: 'What was asked, as it left. Empty once it was erased.',
        extensions: { boundedList: 'a request is made of a few messages' },
        resolve: ({ messages }) => messages as { role: string; content: string }[],
      }),
      response: t.exposeString('response', {
        nullable: true,
        description: 'What the model said, as it came. Null before the answer, and once it was erased.',
      }),
      status: t.field({ type: AiCallStatus, description: 'Where it is.', resolve: ({ status }) => status }),
      errorCode: t.exposeString('errorCode', { nullable: true, description: 'Such as AI_UNAVAILABLE.' }),
      errorMessage: t.exposeString('errorMessage', { nullable: true, description: 'What went wrong, in a sentence.' }),
      attempts: t.exposeInt('attempts', { description: 'Requests that were made for it; 0 from memory.' }),
      repaired: t.exposeBoolean('repaired', {
        description: 'Whether the first answer did not fit, and the model was asked once more.',
      }),
      redacted: t.exposeInt('redacted', { description: 'Different personal data that was replaced before it left.' }),
      inputTokens: t.exposeInt('inputTokens', { nullable: true, description: 'As the service counted them.' }),
      cachedTokens: t.exposeInt('cachedTokens', {
        nullable: true,
        description: 'Of the input, what the service had cached.',
      }),
      outputTokens: t.exposeInt('outputTokens', { nullable: true, description: 'As the service counted them.' }),
      costMicros: t.field({
        type: 'SafeInt',
        nullable: true,
        description:
          'Millionths of a US dollar: set aside while it is under way, what it cost after it. Null: the model has no price.',
        resolve: ({ costMicros }) => (costMicros === null ? null : Number(costMicros)),
      }),
      pricesAsOf: t.field({
        type: 'Date',
        nullable: true,
        description: 'Date of the price list that it was reckoned with. Null: a price of the workspace’s own, or none.',
        resolve: ({ pricesAsOf }) => pricesAsOf?.toISOString().slice(0, 10) ?? null,
      }),
      cacheHit: t.boolean({
        description: 'Whether an earlier answer was given again, free of charge.',
        resolve: ({ cachedFromId }) => cachedFromId !== null,
      }),
      latencyMs: t.exposeInt('latencyMs', { nullable: true, description: 'From the question to the answer.' }),
      providerId: t.exposeString('providerId', { nullable: true, description: 'What the service calls it.' }),
      askedByType: t.exposeString('askedByType', { description: 'user, apiKey or system.' }),
      askedByName: t.exposeString('askedByName', { description: 'Who or what asked.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was written down.' }),
      finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true, description: 'When it ended.' }),
    }),
  })

  const calls = prismaList(builder, AiCall, {
    filter: {
      search: searchIn('purpose', 'promptName', 'model', 'askedByName', 'errorCode', 'providerId'),
      purpose: 'text',
      status: AiCallStatus,
      model: 'text',
      promptName: 'text',
      createdAt: 'dateTime',
    },
    orderBy: ['createdAt', 'costMicros'],
  })

  builder.queryField('aiCalls', (t) => calls.field(t, { description: 'Calls of models, the latest first.', ...read }))

  builder.queryField('aiCall', (t) =>
    t.prismaField({
      type: AiCall,
      nullable: true,
      description: 'One call of a model.',
      ...read,
      args: { id: t.arg.globalID({ for: AiCall, required: true, description: 'The call.' }) },
      resolve: (query, _root, { id }, ctx) => ctx.db.prisma.aiCall.findFirst({ ...query, where: { id: id.id } }),
    }),
  )
  return AiCall
}
