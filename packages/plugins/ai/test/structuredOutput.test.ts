import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { AiBudgetExceededError, AiOutputInvalidError } from '../src/errors.ts'
import { checkOutput, outputFormat } from '../src/structuredOutput.ts'
import { strictProblem } from '../src/testing/strictProblem.ts'
import { asker, paidFor, say } from './asker.ts'

const { stub, workspace } = await asker()

const tree = z.object({
  name: z.string().max(20),
  height: z.number().optional(),
  tags: z.array(z.string()).default([]),
})

describe('A structured output', () => {
  test('is asked for by its schema, checked, and has its defaults filled in', async () => {
    const { ask } = await workspace()
    stub.script(() => ({ json: { name: 'Pear', height: null, tags: null } }))
    expect((await ask({ idempotencyKey: '1', output: tree })).output).toEqual({ name: 'Pear', tags: [] })
    expect(stub.requests.at(-1)?.body.response_format).toEqual({
      type: 'json_schema',
      json_schema: {
        name: 'answer',
        strict: true,
        schema: {
          type: 'object',
          properties: {
            name: { type: 'string', description: 'At most 20 characters.' },
            height: { anyOf: [{ type: 'number' }, { type: 'null' }] },
            tags: { anyOf: [{ type: 'array', items: { type: 'string' } }, { type: 'null' }] },
          },
          required: ['name', 'height', 'tags'],
          additionalProperties: false,
        },
      },
    })
  })

  test.each(['chat', 'responses'] as const)(
    'is repaired once over %s, and both requests are paid for in one call',
    async (endpoint) => {
      const { ask, call, spending } = await workspace({ endpoint })
      const answers = [{ name: 'A pear tree with a very long name' }, { name: 'Pear' }]
      stub.script(() => ({ json: answers.shift() }))
      const answer = await ask({ idempotencyKey: 'r', output: tree, messages: say('Repair?') })
      expect(answer.output).toEqual({ name: 'Pear', tags: [] })
      const asked = stub.requests.at(-1)
      expect(asked?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
      expect(asked?.messages.at(-1)?.content).toMatch(/name: .*20 characters/)
      expect(asked?.idempotencyKey).toBe(`${answer.callId}-repair`)
      const row = await call('r')
      expect(row).toMatchObject({ status: 'succeeded', repaired: true, attempts: 2, response: '{"name":"Pear"}' })
      const [first, second] = stub.paid.slice(-2)
      const inputTokens = [first, second].map((paid) =>
        Math.ceil(Buffer.byteLength(paid?.messages.map(({ content }) => content).join(' ') ?? '') / 4),
      )
      expect(row.inputTokens).toBe((inputTokens[0] ?? 0) + (inputTokens[1] ?? 0))
      expect(await spending()).toEqual([
        { purpose: '', spent: row.costMicros, reserved: 0, calls: 1 },
        { purpose: 'tests.say', spent: row.costMicros, reserved: 0, calls: 1 },
      ])
    },
  )

  test('that does not fit after its repair is an error, with the answer kept; nobody is asked a third time', async () => {
    const { ask, call } = await workspace()
    stub.script(() => 'Of course! Here is your tree.')
    const asking = () => ask({ idempotencyKey: 'bad', output: tree, messages: say('Twice wrong?') })
    await expect(asking()).rejects.toThrow(AiOutputInvalidError)
    await expect(asking()).rejects.toThrow('It is not JSON')
    expect(paidFor(stub, 'Twice wrong?')).toBe(2)
    expect(await call('bad')).toMatchObject({ status: 'failed', response: 'Of course! Here is your tree.' })
    // What did not fit is given to nobody else.
    await expect(ask({ idempotencyKey: 'next', output: tree, messages: say('Twice wrong?') })).rejects.toThrow(
      AiOutputInvalidError,
    )
    expect(paidFor(stub, 'Twice wrong?')).toBe(4)
  })

  test('whose repair nobody answers costs what the first answer did', async () => {
    const { ask, call, spending } = await workspace()
    stub.script(() => {
      stub.fail(...Array(4).fill({ kind: 'status', status: 500 }))
      return 'no JSON'
    })
    await expect(ask({ idempotencyKey: 'half', output: tree })).rejects.toThrow('It could not be repaired')
    // 3 tokens in, 2 out.
    expect(await call('half')).toMatchObject({ status: 'failed', costMicros: 5, inputTokens: 3, outputTokens: 2 })
    expect((await spending())[0]).toMatchObject({ spent: 5, reserved: 0 })
  })

  test('whose repair is lost on the way has an unknown outcome, and what was set aside for it counts', async () => {
    const { ask, call, spending } = await workspace()
    stub.script(() => {
      stub.fail({ kind: 'resetBefore' })
      return 'no JSON'
    })
    await expect(ask({ idempotencyKey: 'lost', output: tree })).rejects.toMatchObject({ code: 'AI_OUTCOME_UNKNOWN' })
    const { costMicros } = await call('lost')
    expect(costMicros).toBeGreaterThan(6_500)
    expect((await spending())[0]).toMatchObject({ spent: costMicros, reserved: 0 })
  })

  test('is not repaired beyond the budget', async () => {
    const { ask } = await workspace({
      model: 'dear',
      prices: { dear: { input: 100, output: 1_000 } },
      maxOutputTokens: 100,
      monthlyBudget: 0.2,
    })
    stub.script(() => 'x'.repeat(380))
    const asking = ask({ idempotencyKey: 'b', output: tree, messages: say('No money?') })
    await expect(asking).rejects.toThrow('The budget leaves nothing for its repair.')
    await expect(asking).rejects.not.toThrow(AiBudgetExceededError)
    expect(paidFor(stub, 'No money?')).toBe(1)
  })

  test('that was cut off says how to mend it, and is not repaired', async () => {
    const { ask } = await workspace({ maxOutputTokens: 64 })
    stub.script(() => ({ text: '{"name": "Pe', finish: 'length' }))
    await expect(ask({ idempotencyKey: 'cut', output: tree, messages: say('Cut off?') })).rejects.toThrow(
      'It came to its 64 tokens before it had ended: raise maxOutputTokens.',
    )
    expect(paidFor(stub, 'Cut off?')).toBe(1)
  })

  test('may stand in a fence, where a service does not hold the model to it', async () => {
    const { ask } = await workspace()
    stub.script(() => '```json\n{ "name": "Pear" }\n```')
    expect((await ask({ idempotencyKey: 'fence', output: tree })).output).toEqual({ name: 'Pear', tags: [] })
  })

  test('may be a list, or a choice', async () => {
    const { ask } = await workspace()
    stub.script(() => ({ json: { value: ['Pear', 'Quince'] } }))
    expect((await ask({ idempotencyKey: 'list', output: z.array(z.string()) })).output).toEqual(['Pear', 'Quince'])
    stub.script(() => ({ json: { value: 'yes' } }))
    expect((await ask({ idempotencyKey: 'choice', output: z.enum(['yes', 'no']) })).output).toBe('yes')
  })
})

describe('The schema that is sent', () => {
  const choice = z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('text'), text: z.string().min(1), note: z.string().optional() }),
    z.object({ kind: z.literal('image'), url: z.url(), alt: z.string().nullable() }),
  ])
  const page = z.object({
    blocks: z.array(choice).min(1).max(5),
    at: z.iso.datetime().optional(),
    mail: z.email().optional(),
  })

  test.each([
    ['a page of blocks', page],
    ['a list', z.array(z.int())],
    [
      'a recursion',
      z.object({
        name: z.string(),
        get children() {
          return z.array(z.object({ name: z.string() }))
        },
      }),
    ],
  ])('of %s keeps to the rules of strict mode', (_name, type) => {
    const { schema, strict } = outputFormat(type)
    expect(strict).toBe(true)
    expect(
      strictProblem({ response_format: { json_schema: { strict } } }, schema as Record<string, unknown>),
    ).toBeUndefined()
  })

  test('of what strict mode cannot have is asked for without it', () => {
    const { schema, strict } = outputFormat(z.object({ scores: z.record(z.string(), z.number()) }))
    expect(strict).toBe(false)
    expect(schema).toMatchObject({ properties: { scores: { additionalProperties: { type: 'number' } } } })
  })

  test('takes null for what was left out, and leaves null where it means something', () => {
    const format = outputFormat(page)
    const blocks = [
      { kind: 'text', text: 'Hi', note: null },
      { kind: 'image', url: 'https://example.com/a.png', alt: null },
    ]
    expect(checkOutput(JSON.stringify({ blocks, at: null, mail: null }), page, format)).toEqual({
      ok: true,
      output: { blocks: [{ kind: 'text', text: 'Hi' }, blocks[1]] },
    })
  })
})
