import { sql } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, it } from 'vitest'
import { improvement, measureLineages } from '../../src/evolution/lineage.ts'
import { asked, drafts, shopAssistant, shopKernel } from './shop.ts'

const { service, openShop, signIn, url } = await shopKernel()

// biome-ignore lint/suspicious/noExplicitAny: answers of any shape
type Any = any
type Shop = Awaited<ReturnType<typeof openShop>>
const idOf = (type: string, id: string) => btoa(`${type}:${id}`)

const problem = '... on InvalidInputError { code issues { path message } } ... on Error { code message }'
const addCase = `mutation ($promptId: ID!, $input: AddPromptCaseInput!) { addPromptCase(promptId: $promptId, input: $input) {
  ... on AddPromptCaseSuccess { data { id heldBack variables expectation } } ${problem} } }`
const evolve = `mutation ($promptId: ID!, $input: EvolvePromptInput!) { evolvePrompt(promptId: $promptId, input: $input) {
  ... on EvolvePromptSuccess { data { id status budgetMicros } } ${problem} } }`
const derive = `mutation ($input: DerivePromptVariantInput!) { derivePromptVariant(input: $input) {
  ... on DerivePromptVariantSuccess { data { variantId jobId } } ${problem} } }`
const evolution = `query ($id: ID!) { node(id: $id) { ... on PromptEvolution { status generation spentMicros failure
  candidates { kind generation parents template score onFront refusal diagnosis }
  outcome { verdict originScore bestScore cases better worse pValue summary variants { id status note
    parents { kind goals strategy algorithm parent { id } parentPerformance { executions } childPerformance { executions } improvement } } } } } }`

describe('cases over the API', () => {
  it('are added, listed with their prompt, and deleted', async () => {
    const { ask, promptId } = await openShop({ learning: 0, heldBack: 0 })
    const input = { language: 'EN', variables: { product: 'Pears', price: '3 €' }, heldBack: true }
    const expectation = { checks: [{ check: 'contains', values: ['3 €'] }] }
    const given = { promptId: idOf('Prompt', promptId), input: { ...input, expectation } }
    const { addPromptCase } = await ask<Any>(addCase, given)
    expect(addPromptCase.data).toMatchObject({ heldBack: true, variables: input.variables, expectation })
    const list = '{ prompt(name: "shop.describe") { cases { totalCount nodes { id } } } }'
    expect((await ask<Any>(list)).prompt.cases.nodes).toEqual([{ id: addPromptCase.data.id }])
    const remove =
      'mutation ($id: ID!) { deletePromptCase(id: $id) { ... on DeletePromptCaseSuccess { data { id prompt { name } } } } }'
    const { deletePromptCase } = await ask<Any>(remove, { id: addPromptCase.data.id })
    expect(deletePromptCase.data).toEqual({ id: addPromptCase.data.id, prompt: { name: 'shop.describe' } })
    expect((await ask<Any>(list)).prompt.cases.totalCount).toBe(0)
  })

  it.each([
    [{ variables: { product: 'Pears' } }, 'input.variables.price', 'is missing'],
    [{ variables: { product: 1, price: '' } }, 'input.variables.product', 'has to be of type text'],
    [{ variables: { product: '', price: '', size: 1 } }, 'input.variables.size', 'is no variable'],
    [{ variables: 'Pears' }, 'input.variables', 'record'],
    [{ expectation: {} }, 'input.expectation', 'expects nothing'],
    [{ expectation: { checks: [{ check: 'maxWords', value: 1.5 }] } }, 'input.expectation.checks.0.value', 'int'],
  ])('refuse %j', async (wrong, path, message) => {
    const { ask, promptId } = await openShop({ learning: 0, heldBack: 0 })
    const sound = { language: 'EN', variables: { product: 'a', price: 'b' }, expectation: { judge: 'Good.' } }
    const { addPromptCase } = await ask<Any>(addCase, {
      promptId: idOf('Prompt', promptId),
      input: { ...sound, ...wrong },
    })
    const issue = addPromptCase.issues?.find((issue: Any) => issue.path === path)
    expect(issue?.message, JSON.stringify(addPromptCase)).toContain(message)
  })

  it('come from executions, too, and end at a hundred', async () => {
    const { ask, context, promptId } = await openShop({ learning: 0, heldBack: 0 })
    const { executionId } = await service.run(context, {
      prompt: 'shop.describe',
      language: 'en',
      variables: { product: 'Quinces', price: '7 €' },
      idempotencyKey: 'one',
    })
    const fromExecution = `mutation ($id: ID!, $expectation: JSON!) { addPromptCaseFromExecution(executionId: $id, expectation: $expectation) {
      ... on AddPromptCaseFromExecutionSuccess { data { variables heldBack } } ${problem} } }`
    const given = { id: idOf('PromptExecution', executionId), expectation: { judge: 'Good.' } }
    expect((await ask<Any>(fromExecution, given)).addPromptCaseFromExecution.data).toEqual({
      variables: { product: 'Quinces', price: '7 €' },
      heldBack: false,
    })
    await context.db.query(sql`
      insert into "PromptCase" ("id", "promptId", "language", "variables")
      select gen_random_uuid(), ${promptId}, 'en', '{}' from generate_series(1, 99)`)
    expect((await ask<Any>(fromExecution, given)).addPromptCaseFromExecution).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('100 cases in "en", which is the most'),
    })
  })
})

describe('an evolution over the API', () => {
  it('is begun, followed to its end, and read with its candidates, in French', async () => {
    const { ask, promptId, context, stub } = await openShop({ language: 'fr' })
    const { evolvePrompt } = await ask<Any>(evolve, {
      promptId: idOf('Prompt', promptId),
      input: { language: 'FR', budgetMicros: 5_000_000, goals: ['vendre plus'] },
    })
    expect(evolvePrompt.data).toMatchObject({ status: 'WAITING', budgetMicros: 5_000_000 })
    const { id } = evolvePrompt.data
    await expect.poll(async () => (await ask<Any>(evolution, { id })).node.status).toBe('DONE')
    const { node } = await ask<Any>(evolution, { id })
    expect(node.candidates[0]).toMatchObject({ kind: 'origin', refusal: null })
    expect(node.candidates.length).toBe(node.generation + 1)
    expect(node.outcome).toMatchObject({ verdict: 'BETTER', bestScore: 1 })
    const [draft] = await context.db.query<Any>(
      sql`select "language" from "PromptVariant" where "promptId" = ${promptId} and "status" = 'draft'`,
    )
    expect(draft.language).toBe('fr')
    // Whoever proposes is asked in French, and reads nothing of what is held back.
    const [reflection] = asked(stub).reflections
    expect(reflection?.messages[0]?.content).toContain('Vous améliorez des prompts')
    expect(JSON.stringify(asked(stub).reflections.map(({ body }) => body))).not.toContain('HELD-')
  })

  it('names its drafts with how they came about', async () => {
    const { ask, promptId, variantId } = await openShop()
    const { evolvePrompt } = await ask<Any>(evolve, {
      promptId: idOf('Prompt', promptId),
      input: { language: 'EN', budgetMicros: 5_000_000, goals: ['sell'] },
    })
    const { id } = evolvePrompt.data
    await expect.poll(async () => (await ask<Any>(evolution, { id })).node.status).toBe('DONE')
    const { node } = await ask<Any>(evolution, { id })
    expect(node.outcome).toMatchObject({ verdict: 'BETTER', cases: 6, better: 6, worse: 0 })
    expect(node.outcome.variants[0]).toMatchObject({
      status: 'DRAFT',
      note: node.outcome.summary,
      parents: [
        {
          kind: 'OPTIMIZATION',
          goals: ['sell'],
          parent: { id: idOf('PromptVariant', variantId) },
          parentPerformance: { executions: 0 },
          improvement: null,
        },
      ],
    })
  })

  it('is told to whoever watches it, generation by generation', async () => {
    const { ask, promptId, headers } = await openShop()
    const input = { language: 'EN', budgetMicros: 5_000_000 }
    const { evolvePrompt } = await ask<Any>(evolve, { promptId: idOf('Prompt', promptId), input })
    const leave = new AbortController()
    const stream = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({
        query: 'subscription ($id: ID!) { promptEvolutionUpdated(id: $id) { status } }',
        variables: { id: evolvePrompt.data.id },
      }),
      signal: leave.signal,
    })
    let heard = ''
    const reading = (async () => {
      for await (const chunk of stream.body as ReadableStream<Uint8Array>) heard += new TextDecoder().decode(chunk)
    })().catch(() => {})
    await expect.poll(() => heard).toContain('"status":"DONE"')
    leave.abort()
    await reading
  })

  it('takes who may spend money, and is not seen from other workspaces', async () => {
    const { promptId, workspaceId } = await openShop()
    const editor = await signIn({ role: 'editor', workspace: workspaceId })
    const given = { promptId: idOf('Prompt', promptId), input: { language: 'EN', budgetMicros: 0 } }
    expect((await editor.ask<Any>(evolve, given)).evolvePrompt.code).toBe('FORBIDDEN')
    const other = await openShop()
    expect((await other.ask<Any>(evolve, given)).evolvePrompt.code).toBe('NOT_FOUND')
  })

  it.each([
    [{ budgetMicros: -1 }, 'input.budgetMicros'],
    [{ generations: 31 }, 'input.generations'],
    [{ goals: ['x'.repeat(201)] }, 'input.goals.0'],
  ])('refuses %j', async (wrong, path) => {
    const { ask, promptId } = await openShop()
    const input = { language: 'EN', budgetMicros: 1, ...wrong }
    const { evolvePrompt } = await ask<Any>(evolve, { promptId: idOf('Prompt', promptId), input })
    expect(evolvePrompt.issues[0].path).toBe(path)
  })
})

describe('a single child', () => {
  /** Three executions, the worst with a note and with feedback. */
  async function used({ context }: Shop) {
    const executions = []
    for (const [at, quality] of [0.9, 0.1, 0.8].entries()) {
      const { executionId } = await service.run(context, {
        prompt: 'shop.describe',
        language: 'en',
        variables: { product: `Pear ${at}`, price: '5 €' },
        idempotencyKey: `use ${at}`,
      })
      await service.score(context, executionId, {
        ...({ source: 'person', by: uuidv7(), metric: 'quality', value: quality } as const),
        note: at === 1 ? 'The answer should contain “free delivery”.' : '',
      })
      executions.push(executionId)
    }
    return executions as [string, string, string]
  }

  async function derived({ ask }: Shop, variantIds: string[]) {
    const { derivePromptVariant } = await ask<Any>(derive, {
      input: { variantIds: variantIds.map((id) => idOf('PromptVariant', id)), goals: ['sell'] },
    })
    const { variantId, jobId } = derivePromptVariant.data
    const job = async () => (await ask<Any>('query ($id: ID!) { job(id: $id) { status result } }', { id: jobId })).job
    await expect.poll(async () => (await job()).status).toBe('COMPLETED')
    return { variantId, jobId, result: (await job()).result }
  }

  const stateOf = async ({ ask }: Shop, variantId: string) =>
    (
      await ask<Any>('query ($id: ID!) { promptDerivation(variantId: $id) { variantId state refusal } }', {
        id: variantId,
      })
    ).promptDerivation

  it('tells viewers of jobs nothing of what visitors wrote and models answered', async () => {
    const shop = await openShop()
    await used(shop)
    const { variantId, jobId } = await derived(shop, [shop.variantId])
    const { job } = await shop.ask<Any>('query ($id: ID!) { job(id: $id) { payload result } }', { id: jobId })
    expect(job.payload).toMatchObject({ goals: ['sell'] })
    expect(JSON.stringify(job)).not.toContain('Pear')
    expect(await stateOf(shop, variantId)).toEqual({ variantId, state: 'MADE', refusal: null })
  })

  it('says in the public schema, too, why there is none', async () => {
    const shop = await openShop()
    shop.stub.script((request) =>
      request.schema ? { json: { diagnosis: '', system: '', template: 'Sell!' } } : shopAssistant(request),
    )
    const { variantId } = await derived(shop, [shop.variantId])
    const refusal = expect.stringContaining('no longer uses "product", "price"')
    expect(await stateOf(shop, variantId)).toEqual({ variantId, state: 'REFUSED', refusal })
    shop.stub.script(() => ({ refusal: 'No.' }))
    const failed = await derived(shop, [shop.variantId])
    expect(failed.result.refusal).toContain('refused to answer')
    expect(await stateOf(shop, failed.variantId)).toMatchObject({ state: 'FAILED', refusal: expect.any(String) })
    expect(await stateOf(shop, idOf('PromptVariant', shop.variantId))).toBeNull()
    expect(await stateOf(await openShop(), variantId)).toBeNull()
  })

  it('is a mutation by the worst executions and the feedback on them, which counts as applied', async () => {
    const shop = await openShop()
    const [, worst] = await used(shop)
    await service.feedback.record(shop.context, {
      ...({
        actionType: 'lead_conversion',
        executionId: worst,
        outcome: 'negative',
        notesEn: 'Left for the price.',
      } as const),
    })
    const { variantId, result } = await derived(shop, [shop.variantId])
    expect(result).toEqual({ variantId: atob(variantId).split(':')[1], refusal: null })
    const { node } = await shop.ask<Any>(
      'query ($id: ID!) { node(id: $id) { ... on PromptVariant { status template parents { kind goals feedback parentPerformance { scored quality } } } } }',
      { id: variantId },
    )
    expect(node).toMatchObject({
      status: 'DRAFT',
      template: 'Describe {{ product }} at {{ price }}. Promise free delivery.',
      parents: [
        { kind: 'MUTATION', goals: ['sell'], parentPerformance: { scored: 3, quality: expect.closeTo(0.6, 10) } },
      ],
    })
    const [reflection] = asked(shop.stub).reflections
    const shown = reflection?.messages[1]?.content ?? ''
    expect(shown).toContain('Left for the price.')
    expect(shown.indexOf('Pear 1')).toBeLessThan(shown.indexOf('Pear 2'))
    expect(await service.feedback.pending(shop.context)).toEqual([])
  })

  it('is a crossover of two, with a lineage to each', async () => {
    const shop = await openShop()
    const add = (rule: string) =>
      shop.context.transaction((tx) =>
        service.registry.addVariant(tx, shop.promptId, {
          ...({ language: 'en', template: `Describe {{ product }} at {{ price }}. ${rule}` } as const),
        }),
      )
    const parents = [(await add('Name the price.')).id, (await add('Be brief.')).id]
    const { variantId, result } = await derived(shop, parents)
    expect(result).toMatchObject({ refusal: null })
    const rows = await shop.context.db.query<Any>(
      sql`select "kind", "parentId" from "PromptLineage" where "childId" = ${atob(variantId).split(':')[1]}`,
    )
    expect(rows.map(({ kind }) => kind)).toEqual(['crossover', 'crossover'])
    expect(rows.map(({ parentId }) => parentId).sort()).toEqual([...parents].sort())
    const made = await drafts(shop.context, shop.promptId)
    expect(made.at(-1)?.template).toBe('Describe {{ product }} at {{ price }}. Name the price. Be brief.')
  })

  it('that says what its parent says is refused', async () => {
    const shop = await openShop()
    shop.stub.script((request) =>
      request.schema
        ? { json: { diagnosis: '', system: ' ', template: 'Describe {{ product }} at <data>{{ price }}</data>. ' } }
        : shopAssistant(request),
    )
    expect((await derived(shop, [shop.variantId])).result).toMatchObject({
      refusal: expect.stringContaining('says already'),
    })
  })

  it('that is unsound is refused, with the reason in the job', async () => {
    const shop = await openShop()
    shop.stub.script((request) =>
      request.schema ? { json: { diagnosis: '', system: '', template: 'Sell!' } } : shopAssistant(request),
    )
    const { result } = await derived(shop, [shop.variantId])
    expect(result).toMatchObject({
      variantId: null,
      refusal: expect.stringContaining('no longer uses "product", "price"'),
    })
    expect(await drafts(shop.context, shop.promptId)).toEqual([])
  })

  it('is refused without a model service, of itself, and of strangers', async () => {
    const ask = async (shop: Shop, ids: string[]) =>
      (await shop.ask<Any>(derive, { input: { variantIds: ids.map((id) => idOf('PromptVariant', id)) } }))
        .derivePromptVariant
    const keyless = await openShop({ model: false })
    expect((await ask(keyless, [keyless.variantId])).message).toContain('setAiKey')
    const shop = await openShop()
    expect((await ask(shop, [shop.variantId, shop.variantId])).issues[0].message).toContain('with itself')
    expect((await ask(shop, [])).issues[0].message).toContain('One variant')
    expect((await ask(shop, [keyless.variantId])).code).toBe('NOT_FOUND')
    const { variant } = await service.variants.find(shop.context, 'shop.describe', 'fr')
    expect((await ask(shop, [shop.variantId, variant.id])).issues[0].message).toContain('one prompt and language')
  })
})

describe('a lineage', () => {
  it('is how much of the room above the parent the child gained', () => {
    expect(improvement(0.6, 0.8)).toBeCloseTo(0.5, 12)
    expect(improvement(0.6, 0.5)).toBe(0)
    expect(improvement(1, 1)).toBe(0)
    expect(improvement(0, 1)).toBe(1)
    expect(improvement(null, 1)).toBeNull()
  })

  it('is measured at night, once the child has twenty scored executions, against the parent as it was', async () => {
    const { context, promptId, variantId } = await openShop()
    const child = await context.transaction((tx) =>
      service.registry.addVariant(tx, promptId, {
        language: 'en',
        template: '{{ product }}: {{ price }}',
        parentId: variantId,
      }),
    )
    const use = async (variant: string, quality: number, count: number, ago: string) => {
      await context.db.query(sql`
        insert into "PromptExecution" ("id", "variantId", "idempotencyKey", "language", "variables", "quality", "executedAt", "finishedAt")
        select gen_random_uuid(), ${variant}, gen_random_uuid()::text, 'en', '{}', ${quality},
          now() + ${ago}::interval, now() from generate_series(1, ${count}::int)`)
      await context.db.query(sql`
        update "PromptVariant" set "qualityCount" = "qualityCount" + ${count}::int,
          "qualitySum" = "qualitySum" + ${quality}::float8 * ${count}::int where "id" = ${variant}`)
    }
    await use(variantId, 0.5, 30, '-1 day')
    // What the parent did after the birth of the child does not count.
    await use(variantId, 0.9, 30, '1 hour')
    await use(child.id, 0.7, 19, '-1 second')
    const run = () => measureLineages.run({}, context as never, undefined, {} as never)
    expect(await run()).toEqual({ measured: 0 })
    await use(child.id, 0.7, 1, '-1 second')
    expect(await run()).toEqual({ measured: 1 })
    expect(await run()).toEqual({ measured: 0 })
    const [row] = await context.db.query<Any>(sql`select * from "PromptLineage" where "childId" = ${child.id}`)
    expect(row.improvement).toBeCloseTo(0.4, 10)
    expect(row.parentPerformance).toMatchObject({ executions: 30, quality: 0.5 })
    expect(row.childPerformance).toMatchObject({ executions: 20, scored: 20 })
  })
})
