/** What the stub's model said, before it is put into a wire format. */
export interface StubCompletion {
  readonly id: string
  readonly model: string
  readonly text: string
  readonly refusal: string | null
  readonly finish: 'stop' | 'length' | 'content_filter'
  readonly inputTokens: number
  readonly outputTokens: number
}

const created = 1_767_225_600

/** https://platform.openai.com/docs/api-reference/chat/object */
export function chatBody(completion: StubCompletion) {
  const { id, model, text, refusal, finish } = completion
  return {
    id: `chatcmpl-${id}`,
    object: 'chat.completion',
    created,
    model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: refusal ? null : text, refusal, annotations: [] },
        logprobs: null,
        finish_reason: finish,
      },
    ],
    usage: chatUsage(completion),
  }
}

/** https://platform.openai.com/docs/api-reference/chat-streaming, with `include_usage` */
export function chatChunks(completion: StubCompletion): string[] {
  const { id, model, text, refusal, finish } = completion
  const chunk = (choices: object[], usage: object | null = null) =>
    `data: ${JSON.stringify({ id: `chatcmpl-${id}`, object: 'chat.completion.chunk', created, model, choices, usage })}\n\n`
  const delta = (part: object) => chunk([{ index: 0, delta: part, finish_reason: null }])
  return [
    delta({ role: 'assistant', content: '' }),
    ...(refusal ? [delta({ refusal })] : pieces(text).map((content) => delta({ content }))),
    chunk([{ index: 0, delta: {}, finish_reason: finish }]),
    chunk([], chatUsage(completion)),
    'data: [DONE]\n\n',
  ]
}

/** https://platform.openai.com/docs/api-reference/responses/object */
export function responseBody(completion: StubCompletion) {
  const { id, model, text, refusal, finish, inputTokens, outputTokens } = completion
  const incomplete = finish === 'length' ? 'max_output_tokens' : finish === 'content_filter' ? 'content_filter' : null
  return {
    id: `resp_${id}`,
    object: 'response',
    created_at: created,
    status: incomplete ? 'incomplete' : 'completed',
    error: null,
    incomplete_details: incomplete ? { reason: incomplete } : null,
    model,
    output: [
      {
        type: 'message',
        id: `msg_${id}`,
        status: 'completed',
        role: 'assistant',
        content: [refusal ? { type: 'refusal', refusal } : { type: 'output_text', text, annotations: [] }],
      },
    ],
    usage: {
      input_tokens: inputTokens,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: outputTokens,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: inputTokens + outputTokens,
    },
  }
}

/** https://platform.openai.com/docs/api-reference/responses-streaming */
export function responseEvents(completion: StubCompletion): string[] {
  const response = responseBody(completion)
  const place = { item_id: `msg_${completion.id}`, output_index: 0, content_index: 0 }
  const events: { type: string }[] = [
    { type: 'response.created', ...{ response: { ...response, status: 'in_progress', output: [], usage: null } } },
    ...pieces(completion.text).map((delta) => ({ type: 'response.output_text.delta', ...place, delta })),
    { type: 'response.output_text.done', ...place, ...{ text: completion.text } },
    { type: response.status === 'completed' ? 'response.completed' : 'response.incomplete', ...{ response } },
  ]
  return events.map(
    (event, sequence_number) => `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number })}\n\n`,
  )
}

function chatUsage({ inputTokens, outputTokens }: StubCompletion) {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    prompt_tokens_details: { cached_tokens: 0 },
  }
}

/** Of a few characters, as tokens are. */
function pieces(text: string): string[] {
  return text.match(/[\s\S]{1,5}/gu) ?? []
}
