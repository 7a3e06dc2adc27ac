import { sql } from '@espalier/core'
import { describe, expect, it } from 'vitest'
import { asked, drafts, readEvolution, shopAssistant, shopKernel } from './shop.ts'

const { service, openShop } = await shopKernel()
const { evolutions } = service
const plenty = 10_000_000

// biome-ignore lint/suspicious/noExplicitAny: outcomes of any shape
type Any = any

async function evolve(shop: Awaited<ReturnType<typeof openShop>>, input: Any = {}) {
  const { context, promptId } = shop
  const id = await evolutions.start(context, { promptId, language: 'en', budgetMicros: plenty, ...input })
  const ended = async () => (await readEvolution(context, id)).status
  await expect.poll(ended).not.toMatch(/waiting|running/)
  return readEvolution(context, id)
}

describe('an evolution', () => {
  it('finds the better wording, keeps it as a draft with its lineage, and says how sure it is', async () => {
    const shop = await openShop()
    const ended = await evolve(shop, { goals: ['sell more'] })
    const outcome = ended.outcome as Any
    expect(ended).toMatchObject({ status: 'done', failure: null })
    expect(outcome).toMatchObject({ verdict: 'better', bestScore: 1, cases: 6, better: 6, worse: 0, pValue: 1 / 64 })
    expect(outcome.originScore).toBeCloseTo(0, 1)
    expect(outcome.summaryEn).toContain('A better wording was found')
    expect(outcome.summaryFr).toContain('Une meilleure formulation')

    const kept = await drafts(shop.context, shop.promptId)
    expect(kept.map(({ id }) => id).sort()).toEqual([...outcome.variantIds].sort())
    const best = kept.find(({ id }) => id === outcome.variantIds[0])
    for (const rule of ['Promise free delivery', 'Name the price', 'Be brief']) expect(best?.template).toContain(rule)
    const [lineage] = await shop.context.db.query<Any>(
      sql`select * from "PromptLineage" where "childId" = ${outcome.variantIds[0]}`,
    )
    expect(lineage).toMatchObject({
      parentId: shop.variantId,
      kind: 'optimization',
      goals: ['sell more'],
      evolutionId: ended.id,
    })
    expect(lineage.strategy).toMatch(/mutation in generation 1, then mutation in generation 2/)
    // Nobody is given it before a person says so.
    const { variant } = await service.variants.find(shop.context, 'shop.describe', 'en')
    expect(variant.id).toBe(shop.variantId)
  })

  it('shows nothing of the held-back cases to whoever proposes', async () => {
    const shop = await openShop()
    await evolve(shop)
    const { tasks, reflections, merges } = asked(shop.stub)
    const proposing = [...reflections, ...merges].map(({ body }) => JSON.stringify(body))
    expect(tasks.some(({ body }) => JSON.stringify(body).includes('HELD-'))).toBe(true)
    expect(proposing.length).toBeGreaterThan(2)
    expect(proposing.some((body) => body.includes('SEEN-'))).toBe(true)
    expect(proposing.filter((body) => body.includes('HELD-'))).toEqual([])
  })

  it('reckons what it spends to the last call', async () => {
    const shop = await openShop()
    const ended = await evolve(shop)
    const [{ cost } = { cost: '0' }] = await shop.context.db.query<Any>(
      sql`select sum("costMicros")::text as "cost" from "AiCall" where "subjectId" = ${ended.id}`,
    )
    expect(ended.spentMicros).toBe(BigInt(cost))
    expect(ended.spentMicros).toBeGreaterThan(0n)
  })

  it('asks nothing with a budget of 0', async () => {
    const shop = await openShop()
    const ended = await evolve(shop, { budgetMicros: 0 })
    expect(ended).toMatchObject({ status: 'stopped', spentMicros: 0n, outcome: { verdict: 'none' } })
    expect(ended.failure).toContain('budget of 0 millionths')
    expect(shop.stub.requests).toEqual([])
  })

  it('stops before its budget is overdrawn, and keeps what it has found until then', async () => {
    const whole = (await evolve(await openShop())).spentMicros
    const shop = await openShop()
    const budgetMicros = Math.round(Number(whole) * 0.7)
    const ended = await evolve(shop, { budgetMicros })
    expect(ended.status).toBe('stopped')
    expect(Number(ended.spentMicros)).toBeLessThanOrEqual(budgetMicros)
    expect((ended.outcome as Any).variantIds.length).toBeGreaterThan(0)
  })

  it('stops at the budget of the workspace, and says so', async () => {
    const shop = await openShop()
    await shop.ask('mutation ($value: JSON!) { updatePluginSettings(plugin: "ai", value: $value) { __typename } }', {
      value: { purposeBudgets: { 'prompts.evolve': 0.007 } },
    })
    const ended = await evolve(shop)
    expect(ended.status).toBe('stopped')
    expect(ended.failure).toContain('The budget for "prompts.evolve"')
  })

  it('says that few cases tell nothing, however good the child', async () => {
    const ended = await evolve(await openShop({ heldBack: 4 }))
    expect(ended.outcome).toMatchObject({ verdict: 'unclear', pValue: 1 / 16 })
    expect((ended.outcome as Any).summaryEn).toContain('cannot be told from chance: add held-back cases')
    expect((ended.outcome as Any).summaryFr).toContain('ajoutez des cas réservés')
  })

  it('makes no draft where nothing is better', async () => {
    const shop = await openShop()
    shop.stub.script((request) =>
      request.schema
        ? { json: { diagnosis: '', system: '', template: 'Say {{ product }} {{ price }}!' } }
        : shopAssistant(request),
    )
    const ended = await evolve(shop, { generations: 3 })
    expect(ended.outcome).toMatchObject({ verdict: 'none', variantIds: [] })
    expect(await drafts(shop.context, shop.promptId)).toEqual([])
    const reasons = (ended.state as Any).candidates.map(({ refusal }: Any) => refusal)
    expect(reasons).toEqual([
      null,
      expect.stringContaining('did no better'),
      ...Array(2).fill(expect.stringContaining('another says already')),
    ])
  })

  it.each([
    ['leaves a required variable out', 'Sell {{ product }}.', 'no longer uses "price"'],
    ['asks for one that is not declared', '{{ product }} {{ price }} {{ secret }}', 'asks for "secret"'],
    ['does not parse', '{% if product %} {{ product }} {{ price }}', 'is no valid template'],
    ['takes the marks off', '{{ product | plain }} {{ price }}', 'without the marks'],
    ['is empty', '  ', 'template is empty'],
  ])('refuses a child that %s, and tries it on nothing', async (_what, template, reason) => {
    const shop = await openShop()
    shop.stub.script((request) =>
      request.schema ? { json: { diagnosis: '', system: '', template } } : shopAssistant(request),
    )
    const ended = await evolve(shop, { generations: 1 })
    expect((ended.state as Any).candidates[1]).toMatchObject({ refusal: expect.stringContaining(reason), score: null })
    // The first wording on six held-back and three learning cases.
    expect(asked(shop.stub).tasks).toHaveLength(9)
  })

  it('has a judge read where a case expects something in words', async () => {
    const shop = await openShop({ judge: true })
    const ended = await evolve(shop, { generations: 10 })
    expect(ended.outcome).toMatchObject({ verdict: 'better', bestScore: 1 })
    const [best] = (ended.outcome as Any).variantIds
    const kept = await drafts(shop.context, shop.promptId)
    expect(kept.find(({ id }) => id === best)?.template).toContain('Be friendly')
    expect(asked(shop.stub).verdicts.length).toBeGreaterThan(6)
  })
})

describe('a model service that fails', () => {
  it('after it was paid costs the answer, and is not asked again: the case counts as not measured', async () => {
    const shop = await openShop()
    shop.stub.fail({ kind: 'resetAfter' })
    const ended = await evolve(shop)
    // The first trial of the first wording: its case says nothing about any child.
    expect(ended).toMatchObject({ status: 'done', outcome: { cases: 5 } })
    const questions = shop.stub.paid.map(({ messages }) => JSON.stringify(messages))
    expect(new Set(questions).size).toBe(questions.length)
  })

  it('when it proposes costs a generation', async () => {
    const shop = await openShop()
    let broken = false
    shop.stub.script((request) => {
      if (!request.schema || broken) return shopAssistant(request)
      broken = true
      return { refusal: 'I would rather not.' }
    })
    const ended = await evolve(shop)
    expect((ended.state as Any).candidates[1].refusal).toContain('no wording that could be read')
    expect((ended.outcome as Any).bestScore).toBe(1)
  })

  it('because it does not know the model ends the evolution with what it says', async () => {
    const shop = await openShop()
    shop.stub.fail({ kind: 'status', status: 404, message: 'No such model.' })
    const ended = await evolve(shop)
    expect(ended).toMatchObject({ status: 'stopped', outcome: { verdict: 'none', originScore: null } })
    expect(ended.failure).toContain('No such model')
  })

  it('has no price is walked through without a bill', async () => {
    const shop = await openShop()
    await shop.ask('mutation ($value: JSON!) { updatePluginSettings(plugin: "ai", value: $value) { __typename } }', {
      value: { model: 'of-our-own' },
    })
    expect(await evolve(shop)).toMatchObject({ status: 'done', spentMicros: 0n, outcome: { verdict: 'better' } })
  })
})

describe('an evolution that is interrupted', () => {
  it('goes on from every step without a call more, and ends the same', async () => {
    const smooth = await openShop()
    const whole = await evolve(smooth)
    const calls = smooth.stub.paid.length

    // The process dies again and again: each walk is cut off at the next answer, before its result is kept.
    const shop = await openShop()
    const id = await startHeld(shop)
    let deaths = 0
    for (;;) {
      const dying = new AbortController()
      const before = shop.stub.paid.length
      const context = dyingContext(shop.context, () => shop.stub.paid.length > before)
      const walked = await evolutions.walk(context, id, dying.signal).catch((error: Error) => {
        expect(error.message).toBe('died')
        deaths++
      })
      if (walked) break
    }
    const ended = await readEvolution(shop.context, id)
    expect(deaths).toBeGreaterThan(10)
    expect(shop.stub.paid).toHaveLength(calls)
    expect(ended.spentMicros).toBe(whole.spentMicros)
    expect((ended.outcome as Any).bestScore).toBe((whole.outcome as Any).bestScore)
    expect(await drafts(shop.context, shop.promptId)).toHaveLength((ended.outcome as Any).variantIds.length)
  })

  it('walked by two workers at a time pays once and makes its drafts once', async () => {
    const smooth = await openShop()
    await evolve(smooth)
    const shop = await openShop()
    const id = await startHeld(shop)
    await Promise.all([evolutions.walk(shop.context, id), evolutions.walk(shop.context, id)])
    const ended = await readEvolution(shop.context, id)
    expect(shop.stub.paid).toHaveLength(smooth.stub.paid.length)
    expect(await drafts(shop.context, shop.promptId)).toHaveLength((ended.outcome as Any).variantIds.length)
  })

  it('by a person ends with the next answer, and makes no draft', async () => {
    const shop = await openShop()
    const id = await startHeld(shop)
    shop.stub.script(async (request) => {
      if (request.schema) await evolutions.stop(shop.context, id).catch(() => {})
      return shopAssistant(request)
    })
    expect(await evolutions.walk(shop.context, id)).toEqual({ status: 'ended by another hand' })
    expect(await readEvolution(shop.context, id)).toMatchObject({ status: 'stopped', failure: 'Stopped by a person.' })
    expect(await drafts(shop.context, shop.promptId)).toEqual([])
    expect(asked(shop.stub).reflections).toHaveLength(1)
    await expect(evolutions.stop(shop.context, id)).rejects.toThrow('it has ended already')
  })

  it('whose job fails for good has failed', async () => {
    const shop = await openShop()
    const id = await startHeld(shop)
    await evolutions.fail(
      shop.context,
      ((await readEvolution(shop.context, id)).state as Any).jobId,
      'The service is down.',
    )
    expect(await readEvolution(shop.context, id)).toMatchObject({ status: 'failed', failure: 'The service is down.' })
    expect(await evolutions.walk(shop.context, id)).toEqual({ status: 'ended before' })
  })

  /** An evolution that no worker walks. */
  async function startHeld({ context, promptId }: Awaited<ReturnType<typeof openShop>>): Promise<string> {
    const held = Object.create(context, {
      sqlTransaction: {
        value: (work: Any) =>
          context.sqlTransaction((tx) =>
            work(Object.create(tx, { enqueue: { value: async () => '019a0000-0000-7000-8000-000000000001' } })),
          ),
      },
    })
    return evolutions.start(held, { promptId, language: 'en', budgetMicros: plenty })
  }

  /** A context whose evolution cannot be written to any more once `isDead`: what a process that died has not kept. */
  function dyingContext(context: Any, isDead: () => boolean) {
    const query = (statement: { text: string }) => {
      if (statement.text.includes('update "PromptEvolution"') && isDead()) throw new Error('died')
      return context.db.query(statement)
    }
    return Object.create(context, { db: { value: Object.create(context.db, { query: { value: query } }) } })
  }
})

describe('an evolution is refused', () => {
  it('without a model service, with the way to one', async () => {
    const { context, promptId } = await openShop({ model: false })
    await expect(evolutions.start(context, { promptId, language: 'en', budgetMicros: 1 })).rejects.toThrow('setAiKey')
  })

  it('with too few cases of either kind', async () => {
    const { context, promptId } = await openShop({ learning: 3, heldBack: 5 })
    await expect(evolutions.start(context, { promptId, language: 'en', budgetMicros: 1 })).rejects.toThrow(
      'at least 4 cases to learn from and 4 that are held back, in "en"; 3 and 5 can be used',
    )
  })

  it('while another of the prompt and language runs', async () => {
    const { context, promptId } = await openShop()
    // Without a budget the first might have ended before the second asks.
    const start = () => evolutions.start(context, { promptId, language: 'en', budgetMicros: 1_000_000 })
    const started = await Promise.allSettled([start(), start()])
    expect(started.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect((started.find(({ status }) => status === 'rejected') as Any).reason.message).toContain('under way already')
    await evolutions.stop(context, (started.find(({ status }) => status === 'fulfilled') as Any).value)
  })

  it('for a prompt of another workspace', async () => {
    const { promptId } = await openShop()
    const other = await openShop()
    await expect(evolutions.start(other.context, { promptId, language: 'en', budgetMicros: 1 })).rejects.toThrow(
      'There is no Prompt',
    )
  })
})
