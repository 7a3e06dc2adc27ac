import type OpenAI from 'openai'
import { BrokenStream, UnusableAnswer } from './serviceFailure.ts'
import { idFrom, type ServiceAnswer, type ServiceRequest } from './serviceRequest.ts'
import { usageFrom } from './usage.ts'

/** `POST /responses` (https://platform.openai.com/docs/api-reference/responses/create). It knows no `seed`. */
export async function askResponses(
  client: OpenAI,
  request: ServiceRequest,
  { signal }: { signal: AbortSignal },
): Promise<ServiceAnswer> {
  const { parameters, format, callId, onText } = request
  const { maxOutputTokens, temperature, topP } = parameters
  const body = {
    model: request.model,
    input: request.messages.map(({ role, content }) => ({ role, content })),
    max_output_tokens: maxOutputTokens,
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(format && {
      text: {
        format: { type: 'json_schema' as const, name: 'answer', strict: format.strict, schema: { ...format.schema } },
      },
    }),
    // It stores unless told not to.
    store: request.store,
    metadata: { espalier_call: callId },
  }
  const options = { signal, headers: { 'idempotency-key': request.idempotencyKey } }
  if (!onText) return answerOf(await client.responses.create(body, options))
  let final: OpenAI.Responses.Response | undefined
  for await (const event of await client.responses.create({ ...body, stream: true }, options)) {
    if (event.type === 'response.output_text.delta') onText(event.delta)
    else if (event.type === 'error') throw new UnusableAnswer(event.message)
    else if (
      event.type === 'response.completed' ||
      event.type === 'response.incomplete' ||
      event.type === 'response.failed'
    )
      final = event.response
  }
  if (!final) throw new BrokenStream()
  return answerOf(final)
}

function answerOf(response: OpenAI.Responses.Response): ServiceAnswer {
  if (!Array.isArray(response?.output)) throw new UnusableAnswer('it has no output')
  if (response.status === 'failed')
    throw new UnusableAnswer(response.error?.message ?? 'the service says that it failed')
  const parts = response.output.flatMap((item) => (item?.type === 'message' ? (item.content ?? []) : []))
  const refusal: unknown = parts.find((part) => part?.type === 'refusal')?.refusal
  const reason = response.incomplete_details?.reason
  const { usage } = response
  return {
    text: parts.map((part) => (part?.type === 'output_text' ? String(part.text ?? '') : '')).join(''),
    refusal:
      typeof refusal === 'string' && refusal !== ''
        ? refusal
        : reason === 'content_filter'
          ? "The service's content filter held the answer back."
          : null,
    cutOff: reason === 'max_output_tokens',
    usage: usage
      ? usageFrom(usage.input_tokens, usage.input_tokens_details?.cached_tokens, usage.output_tokens)
      : undefined,
    model: response.model,
    providerId: idFrom(response.id),
  }
}
