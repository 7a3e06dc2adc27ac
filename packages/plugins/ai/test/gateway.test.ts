import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import {
  AiCanceledError,
  AiNotConfiguredError,
  AiOutcomeUnknownError,
  AiOutputInvalidError,
  AiRefusedError,
  AiRequestRejectedError,
  AiUnavailableError,
} from '../src/errors.ts'
import { stubModelServer } from '../src/testing/index.ts'
import { asker, paidFor, say } from './asker.ts'

const { stub, time, workspace } = await asker()

describe('A request', () => {
  test('is answered, and kept with its tokens and what it cost', async () => {
    const { ask, call, spending } = await workspace()
    stub.script(() => 'A pear tree, on a trellis.')
    const answer = await ask({ idempotencyKey: 'one', messages: say('Name a tree for a wall.') })
    // 23 bytes are 6 tokens of input at $0.40, 26 are 7 of output at $1.60, for a million each.
    expect(answer).toMatchObject({
      text: 'A pear tree, on a trellis.',
      output: 'A pear tree, on a trellis.',
      model: 'gpt-4.1-mini',
      inputTokens: 6,
      outputTokens: 7,
      costMicros: 14,
      cacheHit: false,
    })
    expect(await call('one')).toMatchObject({ id: answer.callId, status: 'succeeded', attempts: 1, costMicros: 14 })
    expect(await spending()).toEqual([
      { purpose: '', spent: 14, reserved: 0, calls: 1 },
      { purpose: 'tests.say', spent: 14, reserved: 0, calls: 1 },
    ])
  })

  test('carries what it was asked with', async () => {
    const { ask } = await workspace({ model: 'gpt-4o-2024-08-06' })
    await ask({
      idempotencyKey: 'parameters',
      parameters: { temperature: 0.2, topP: 0.9, maxOutputTokens: 50, seed: 7 },
    })
    const asked = stub.requests.at(-1)
    expect(asked?.headers.authorization).toBe('Bearer sk-of-the-test')
    expect(asked?.body).toEqual({
      model: 'gpt-4o-2024-08-06',
      messages: say('Name a tree.'),
      max_tokens: 50,
      temperature: 0.2,
      top_p: 0.9,
      seed: 7,
    })
  })

  test.each(['chat', 'responses'] as const)('is streamed over the %s endpoint to whoever listens', async (endpoint) => {
    const { ask } = await workspace({ endpoint })
    stub.script(() => 'Une poire, bien mûre : voilà.')
    const pieces: string[] = []
    const answer = await ask({ idempotencyKey: 'stream', onText: (piece) => pieces.push(piece) })
    expect(pieces.length).toBeGreaterThan(3)
    expect(pieces.join('')).toBe('Une poire, bien mûre : voilà.')
    expect(answer).toMatchObject({ text: 'Une poire, bien mûre : voilà.', outputTokens: 8 })
    expect(stub.requests.at(-1)).toMatchObject({ endpoint, stream: true })
  })

  test('is asked over the responses endpoint where the workspace says so', async () => {
    const { ask } = await workspace({ endpoint: 'responses' })
    stub.script(() => ({ json: { name: 'pear' } }))
    const { output } = await ask({ idempotencyKey: 'r', output: z.object({ name: z.string() }) })
    expect(output).toEqual({ name: 'pear' })
    expect(stub.requests.at(-1)?.body).toMatchObject({ store: false, max_output_tokens: 4_096 })
  })

  test('of a workspace without a service says what is missing, and writes nothing', async () => {
    const { ai, ask, context, calls } = await workspace({}, null)
    expect(await ai.isConfigured(context)).toBe(false)
    await expect(ask({ idempotencyKey: 'none' })).rejects.toThrow(AiNotConfiguredError)
    expect(await calls()).toEqual([])
  })

  test('names what is wrong with it', async () => {
    const { ask } = await workspace()
    await expect(ask({ idempotencyKey: '' })).rejects.toThrow(
      'idempotencyKey: must be a text of 1 to 200 characters ("" was given).',
    )
    await expect(ask({ idempotencyKey: 'x', subject: { type: 'Page', id: 'spring' } })).rejects.toThrow(
      'subject.id: must be a UUID ("spring" was given).',
    )
    for (const messages of [[], [null]] as never[])
      await expect(ask({ idempotencyKey: 'x', messages })).rejects.toThrow('messages: must be one or more messages')
    await expect(ask({ idempotencyKey: 'x', parameters: { temperature: 3 } })).rejects.toThrow(
      'parameters.temperature: is more than 2 (3 was given).',
    )
  })

  test('does not belong into a transaction', async () => {
    const { ai, context } = await workspace()
    const asking = context.transaction((tx) => ai.ask(tx, { purpose: 'p', idempotencyKey: 'k', messages: say('Hi') }))
    await expect(asking).rejects.toThrow('outside of a transaction')
  })
})

describe('The same key', () => {
  test('gets the same answer, and is paid for once', async () => {
    const { ask, ai, context } = await workspace()
    stub.script(() => 'Quince.')
    const request = { idempotencyKey: 'same', messages: say('Same key?'), cacheSeconds: 0 }
    const first = await ask(request)
    stub.script(() => 'Medlar.')
    expect(await ask(request)).toEqual(first)
    expect(paidFor(stub, 'Same key?')).toBe(1)
    await context.transaction((tx) => ai.removeConnection(tx))
    expect(await ask(request)).toEqual(first)
  })

  test('for another request is refused', async () => {
    const { ask } = await workspace()
    await ask({ idempotencyKey: 'taken' })
    await expect(ask({ idempotencyKey: 'taken', messages: say('Something else') })).rejects.toThrow(
      'The idempotency key "taken" belongs to call',
    )
  })

  test('asked at once by two processes is asked and paid for once', async () => {
    const { ask, process } = await workspace()
    const request = { idempotencyKey: 'both', messages: say('Asked at once?'), cacheSeconds: 0 }
    const { ask: askElsewhere } = process()
    stub.script(() => 'Only once.')
    stub.fail({ kind: 'hold' })
    const both = [ask(request), askElsewhere(request), askElsewhere(request), ask(request)]
    await expect.poll(() => paidFor(stub, 'Asked at once?')).toBe(1)
    stub.release()
    const answers = await Promise.all(both)
    expect(new Set(answers.map(({ callId }) => callId)).size).toBe(1)
    expect(answers.map(({ text }) => text)).toEqual(Array(4).fill('Only once.'))
    expect(paidFor(stub, 'Asked at once?')).toBe(1)
  })

  test('in another workspace is another call', async () => {
    const [one, other] = [await workspace(), await workspace()]
    const first = await one.ask({ idempotencyKey: 'shared' })
    const second = await other.ask({ idempotencyKey: 'shared', messages: say('Something else') })
    expect(second.callId).not.toBe(first.callId)
    expect(await other.calls()).toHaveLength(1)
  })
})

describe('An identical request', () => {
  test('is answered from memory within its time, at no cost, and asked again after it', async () => {
    const { ask, call, spending } = await workspace({ cacheSeconds: 600 })
    const asking = (idempotencyKey: string) => ask({ idempotencyKey, messages: say('Cached?') })
    const first = await asking('a')
    const [before] = await spending()
    expect(await asking('b')).toMatchObject({ text: first.text, cacheHit: true, costMicros: 0 })
    expect(await call('b')).toMatchObject({ status: 'succeeded', attempts: 0 })
    expect((await spending())[0]).toEqual(before)
    time.advance(600_000)
    expect(await asking('c')).toMatchObject({ cacheHit: false })
    expect(paidFor(stub, 'Cached?')).toBe(2)
  })

  test('of another workspace, with other parameters, or of who wants none from memory, is asked', async () => {
    const one = await workspace()
    const other = await workspace()
    const asked = { messages: say('Not shared?') }
    await one.ask({ idempotencyKey: 'a', ...asked })
    expect(await other.ask({ idempotencyKey: 'a', ...asked })).toMatchObject({ cacheHit: false })
    expect(await one.ask({ idempotencyKey: 'b', ...asked, parameters: { temperature: 1 } })).toMatchObject({
      cacheHit: false,
    })
    expect(await one.ask({ idempotencyKey: 'c', ...asked, cacheSeconds: 0 })).toMatchObject({ cacheHit: false })
    expect(await one.ask({ idempotencyKey: 'd', ...asked })).toMatchObject({ cacheHit: true })
  })
})

describe('A service that is in trouble', () => {
  test('is asked again after as long as it says, and then answers', async () => {
    const { ask, call, waits } = await workspace()
    stub.fail({ kind: 'status', status: 429, retryAfter: '7' }, { kind: 'status', status: 503 })
    const { callId } = await ask({ idempotencyKey: 'again', messages: say('Again?') })
    expect(waits[0]).toBe(7_000)
    expect(waits[1]).toBeGreaterThanOrEqual(500)
    expect(waits[1]).toBeLessThanOrEqual(1_000)
    expect(await call('again')).toMatchObject({ id: callId, status: 'succeeded', attempts: 3 })
    expect(paidFor(stub, 'Again?')).toBe(1)
  })

  test('is given up after four requests, at no cost, and the same key may ask later', async () => {
    const { ask, call, spending } = await workspace()
    stub.fail(...Array(4).fill({ kind: 'status', status: 500, message: 'The server had an error.' }))
    const failing = ask({ idempotencyKey: 'down' })
    await expect(failing).rejects.toThrow(AiUnavailableError)
    await expect(failing).rejects.toThrow('The server had an error.')
    expect(await call('down')).toMatchObject({
      status: 'failed',
      errorCode: 'AI_UNAVAILABLE',
      attempts: 4,
      costMicros: 0,
    })
    expect((await spending())[0]).toMatchObject({ spent: 0, reserved: 0 })
    expect(await ask({ idempotencyKey: 'down' })).toMatchObject({ text: expect.any(String) })
    expect(await call('down')).toMatchObject({ status: 'succeeded', errorCode: null, attempts: 5 })
  })

  test('that wants more than a minute is not waited for', async () => {
    const { ask } = await workspace()
    stub.fail({ kind: 'status', status: 429, retryAfter: '600' })
    await expect(ask({ idempotencyKey: 'long' })).rejects.toMatchObject({
      code: 'AI_UNAVAILABLE',
      retryAfterSeconds: 600,
    })
  })

  test('that nobody is at was never asked', async () => {
    const closed = await stubModelServer()
    await closed.close()
    const { ask, call } = await workspace({}, closed.baseUrl)
    await expect(ask({ idempotencyKey: 'nobody' })).rejects.toThrow('cannot be reached (ECONNREFUSED)')
    expect(await call('nobody')).toMatchObject({ status: 'failed', costMicros: 0, attempts: 4 })
  })

  test('is left alone after five failures in a row, until one request has gone well', async () => {
    const { ai, ask, context } = await workspace()
    const breaker = async () => (await ai.status(context)).breaker
    stub.fail(...Array(5).fill({ kind: 'status', status: 500 }))
    await expect(ask({ idempotencyKey: '1' })).rejects.toThrow(AiUnavailableError)
    await expect(ask({ idempotencyKey: '2' })).rejects.toMatchObject({ retryAfterSeconds: 30 })
    expect(await breaker()).toBe('open')
    const requests = stub.requests.length
    await expect(ask({ idempotencyKey: '3' })).rejects.toThrow('left alone for 30 s')
    expect(stub.requests).toHaveLength(requests)
    time.advance(30_000)
    expect(await breaker()).toBe('halfOpen')
    stub.fail({ kind: 'status', status: 500 })
    await expect(ask({ idempotencyKey: '4' })).rejects.toMatchObject({ retryAfterSeconds: 60 })
    time.advance(60_000)
    await ask({ idempotencyKey: '5' })
    expect(await breaker()).toBe('closed')
  })

  test('whose key is wrong says so once, without telling the key', async () => {
    const { ask, call } = await workspace()
    stub.fail({ kind: 'status', status: 401, message: 'Incorrect API key provided: sk-of-the-test.' })
    await expect(ask({ idempotencyKey: 'key' })).rejects.toThrow(AiRequestRejectedError)
    const { errorMessage, attempts } = await call('key')
    expect(errorMessage).toContain('status 401): Incorrect API key provided: [key].')
    expect(attempts).toBe(1)
  })

  test('that leads elsewhere is not followed with the key', async () => {
    const { ask } = await workspace()
    const requests = stub.requests.length
    stub.fail({ kind: 'redirect', to: `${stub.baseUrl}/responses` })
    await expect(ask({ idempotencyKey: 'redirect' })).rejects.toMatchObject({
      code: 'AI_REQUEST_REJECTED',
      status: 307,
    })
    expect(stub.requests).toHaveLength(requests + 1)
  })
})

describe('A request whose outcome is not known', () => {
  test.each([
    ['whose connection breaks', { kind: 'resetAfter' }],
    ['whose proxy gave up waiting', { kind: 'status', status: 504 }],
  ] as const)('%s is not asked again, and what was set aside counts as spent', async (_name, fault) => {
    const { ask, call, spending } = await workspace({ maxOutputTokens: 1_000 })
    const text = `Outcome unknown (${fault.kind})?`
    stub.fail(fault)
    const requests = stub.requests.length
    await expect(ask({ idempotencyKey: 'lost', messages: say(text) })).rejects.toThrow(AiOutcomeUnknownError)
    await expect(ask({ idempotencyKey: 'lost', messages: say(text) })).rejects.toThrow('settleAiCall')
    expect(stub.requests).toHaveLength(requests + 1)
    const { status, costMicros } = await call('lost')
    expect(status).toBe('unknown')
    // 1,000 tokens of output at $1.60 a million, and the input.
    expect(costMicros).toBeGreaterThan(1_600)
    expect((await spending())[0]).toMatchObject({ spent: costMicros, reserved: 0, calls: 1 })
  })

  test('takes as long as the workspace lets it', async () => {
    const { ask, call } = await workspace({ timeoutSeconds: 1 })
    stub.fail({ kind: 'hang' })
    await expect(ask({ idempotencyKey: 'hang' })).rejects.toThrow(AiOutcomeUnknownError)
    expect(await call('hang')).toMatchObject({ status: 'unknown', errorMessage: 'It took too long.' })
  })

  test('may be a stream that breaks', async () => {
    const { ask, call } = await workspace()
    stub.script(() => 'A long answer, of which only the beginning arrives.')
    stub.fail({ kind: 'breakStream' })
    const pieces: string[] = []
    const asking = ask({ idempotencyKey: 'broken', onText: (piece) => pieces.push(piece) })
    await expect(asking).rejects.toThrow(AiOutcomeUnknownError)
    expect(pieces.join('')).toMatch(/^A lon/)
    expect(await call('broken')).toMatchObject({ status: 'unknown' })
  })
})

describe('Whoever cancels', () => {
  test('before it leaves pays nothing, and may ask again', async () => {
    const { ask, calls } = await workspace()
    await expect(ask({ idempotencyKey: 'early', signal: AbortSignal.abort() })).rejects.toThrow('nothing was paid for')
    expect(await calls()).toEqual([])
  })

  test('while it is under way hears so, and the key is not asked again', async () => {
    const { ask, call } = await workspace()
    const cancel = new AbortController()
    stub.fail({ kind: 'hold' })
    const before = stub.paid.length
    const asking = ask({ idempotencyKey: 'late', signal: cancel.signal })
    const failed = expect(asking).rejects.toThrow(AiCanceledError)
    await expect.poll(() => stub.paid.length).toBe(before + 1)
    cancel.abort()
    await failed
    stub.release()
    expect(await call('late')).toMatchObject({ status: 'unknown', errorCode: 'AI_CANCELED' })
    await expect(ask({ idempotencyKey: 'late' })).rejects.toThrow(AiOutcomeUnknownError)
  })
})

describe('What the model will not or cannot say', () => {
  test.each(['chat', 'responses'] as const)('is a refusal over %s, paid for once', async (endpoint) => {
    const { ask, call } = await workspace({ endpoint })
    stub.script(() => ({ refusal: "I'm sorry, I can't help with that." }))
    const requests = stub.requests.length
    await expect(ask({ idempotencyKey: 'no' })).rejects.toThrow(AiRefusedError)
    await expect(ask({ idempotencyKey: 'no' })).rejects.toThrow(
      "The model refused to answer: I'm sorry, I can't help with that.",
    )
    expect(stub.requests).toHaveLength(requests + 1)
    expect((await call('no')).costMicros).toBeGreaterThan(0)
  })

  test('because its filter held it back is a refusal too', async () => {
    const { ask } = await workspace()
    stub.script(() => ({ text: '', finish: 'content_filter' }))
    await expect(ask({ idempotencyKey: 'filter' })).rejects.toThrow("service's content filter")
  })

  test.each([
    ['tokens that are none', { usage: { prompt_tokens: -3, completion_tokens: 1.5 } }],
    ['tokens beyond counting', { usage: { prompt_tokens: 1e15, completion_tokens: '12' } }],
    ['a name that cannot be kept', { id: 'a\0b' }],
  ])('with %s is answered all the same, and costs what was set aside where nobody knows', async (_what, bent) => {
    const { ask, call } = await workspace()
    stub.script(() => 'A quince.')
    stub.fail({ kind: 'bent', bend: (body) => ({ ...body, ...bent }) })
    expect(await ask({ idempotencyKey: 'bent' })).toMatchObject({ text: 'A quince.' })
    expect(await call('bent')).toMatchObject({ status: 'succeeded', costMicros: expect.any(Number), leaseUntil: null })
  })

  test.each([
    ['chat', { choices: [{ message: { content: [{ type: 'text', text: 'parts' }] }, finish_reason: 'stop' }] }],
    ['chat', { choices: [null] }],
    ['responses', { output: [{ type: 'message', content: null }, null] }],
  ] as const)('in a shape of its own over %s ends as paid for at once, and holds nobody up', async (endpoint, bent) => {
    const { ask, call } = await workspace({ endpoint })
    stub.script(() => 'A quince.')
    stub.fail({ kind: 'bent', bend: (body) => ({ ...body, ...bent }) })
    await expect(ask({ idempotencyKey: 'shape' })).rejects.toThrow(AiOutputInvalidError)
    expect(await call('shape')).toMatchObject({ status: 'failed', leaseUntil: null })
  })

  test('by a check that itself breaks is kept as paid for, and holds nobody up', async () => {
    const { ask, call } = await workspace()
    stub.script(() => ({ json: { tree: 'A quince.' } }))
    const output = z.object({
      tree: z.string().refine(() => {
        throw new Error('no such tree')
      }),
    })
    await expect(ask({ idempotencyKey: 'check', output })).rejects.toThrow(AiOutputInvalidError)
    expect(await call('check')).toMatchObject({ status: 'failed', leaseUntil: null, response: '{"tree":"A quince."}' })
  })

  test('in the wire format is kept as paid for, and not asked again', async () => {
    const { ask, call } = await workspace()
    const requests = stub.requests.length
    stub.fail({ kind: 'malformed' })
    await expect(ask({ idempotencyKey: 'garbled' })).rejects.toThrow(AiOutputInvalidError)
    await expect(ask({ idempotencyKey: 'garbled' })).rejects.toThrow('not in the wire format')
    expect(stub.requests).toHaveLength(requests + 1)
    expect((await call('garbled')).costMicros).toBeGreaterThan(0)
  })
})
