import type OpenAI from 'openai'
import { BrokenStream, UnusableAnswer } from './serviceFailure.ts'
import { idFrom, type ServiceAnswer, type ServiceRequest } from './serviceRequest.ts'
import { usageFrom } from './usage.ts'

/** `POST /chat/completions` (https://platform.openai.com/docs/api-reference/chat/create). */
export async function askChat(
  client: OpenAI,
  request: ServiceRequest,
  { signal, isOpenAi }: { signal: AbortSignal; isOpenAi: boolean },
): Promise<ServiceAnswer> {
  const { parameters, format, callId, onText } = request
  const { maxOutputTokens, temperature, topP, seed } = parameters
  const body = {
    model: request.model,
    messages: request.messages.map(({ role, content }) => ({ role, content })),
    // OpenAI has renamed it, and its reasoning models refuse the old name; others know the old one alone.
    ...(isOpenAi ? { max_completion_tokens: maxOutputTokens } : { max_tokens: maxOutputTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(seed !== undefined && { seed }),
    ...(format && {
      response_format: {
        type: 'json_schema' as const,
        json_schema: { name: 'answer', strict: format.strict, schema: format.schema },
      },
    }),
    // Metadata is taken only with what is stored.
    ...(request.store && { store: true, metadata: { espalier_call: callId } }),
  }
  const options = { signal, headers: { 'idempotency-key': request.idempotencyKey } }
  if (!onText) return answerOf(await client.chat.completions.create(body, options))
  const stream = await client.chat.completions.create(
    { ...body, stream: true, stream_options: { include_usage: true } },
    options,
  )
  return readStream(stream, request, onText)
}

/** `GET /chat/completions?metadata[…]`: what was kept for a call, the latest of it. */
export async function findStoredChat(
  client: OpenAI,
  callId: string,
  signal: AbortSignal,
): Promise<ServiceAnswer | undefined> {
  const page = await client.chat.completions.list(
    { metadata: { espalier_call: callId }, order: 'desc', limit: 1 },
    { signal },
  )
  const [latest] = page.data
  return latest && answerOf(latest)
}

function answerOf(completion: OpenAI.ChatCompletion): ServiceAnswer {
  const choice = completion?.choices?.[0]
  if (!choice?.message) throw new UnusableAnswer('it has no choice with a message in it')
  const { message, finish_reason } = choice
  const text: unknown = message.content ?? ''
  const refusal: unknown = message.refusal ?? null
  if (typeof text !== 'string') throw new UnusableAnswer('the content of its message is no text')
  return {
    text,
    refusal: refusalOf(typeof refusal === 'string' ? refusal : null, finish_reason),
    cutOff: finish_reason === 'length',
    usage: usageOf(completion.usage),
    model: completion.model,
    providerId: idFrom(completion.id),
  }
}

async function readStream(
  stream: AsyncIterable<OpenAI.ChatCompletionChunk>,
  request: ServiceRequest,
  onText: (piece: string) => void,
): Promise<ServiceAnswer> {
  let text = ''
  let refusal = ''
  let finish: string | null = null
  let usage: OpenAI.CompletionUsage | null | undefined
  let { model } = request
  let providerId: string | null = null
  for await (const chunk of stream) {
    const choice = chunk.choices?.[0]
    const piece = choice?.delta?.content
    if (typeof piece === 'string' && piece !== '') {
      text += piece
      onText(piece)
    }
    refusal += choice?.delta?.refusal ?? ''
    finish = choice?.finish_reason ?? finish
    usage = chunk.usage ?? usage
    model = chunk.model || model
    providerId = idFrom(chunk.id) ?? providerId
  }
  // A connection that ends early looks like an end: only the reason tells them apart.
  if (finish === null) throw new BrokenStream()
  return {
    text,
    refusal: refusalOf(refusal || null, finish),
    cutOff: finish === 'length',
    usage: usageOf(usage),
    model,
    providerId,
  }
}

function refusalOf(refusal: string | null | undefined, finish: string | null): string | null {
  if (refusal) return refusal
  return finish === 'content_filter' ? "The service's content filter held the answer back." : null
}

function usageOf(usage: OpenAI.CompletionUsage | null | undefined): ServiceAnswer['usage'] {
  return usage
    ? usageFrom(usage.prompt_tokens, usage.prompt_tokens_details?.cached_tokens, usage.completion_tokens)
    : undefined
}
