import DataLoader from 'dataloader'
import { buildSchema, type ExecutionResult, type GraphQLObjectType, parse, subscribe } from 'graphql'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { createLive } from '../../src/live/createLive.ts'
import { isCurrentValue } from '../../src/live/currentValue.ts'
import { follow } from '../../src/live/follow.ts'
import { subscribeAfresh } from '../../src/live/subscribeAfresh.ts'
import { defineTopic } from '../../src/live/topic.ts'
import { take } from './collect.ts'

interface Context {
  visits: DataLoader<string, number>
}

const changed = defineTopic<string>({ name: 'test.changed' })
const document = parse('subscription { visits }')

/** A database of one number, a context that loads it as contexts do, and a subscription to it. */
function house() {
  const live = createLive({ log: pino({ level: 'silent' }) })
  const stored = { visits: 1 }
  const schema = buildSchema('type Query { x: Int } type Subscription { visits: Int! refused: Int }')
  const fields = (schema.getSubscriptionType() as GraphQLObjectType<unknown, Context>).getFields()
  Object.assign(fields.visits as object, {
    subscribe: () => follow(live, 'a', changed, 'page'),
    resolve: (_tick: true, _args: object, { visits }: Context) => visits.load('page'),
  })
  Object.assign(fields.refused as object, {
    subscribe: () => {
      throw new Error('not for you')
    },
  })
  const context = (): Context => ({ visits: new DataLoader(async (keys) => keys.map(() => stored.visits)) })
  const change = (visits: number) => {
    stored.visits = visits
    live.publish('a', changed, 'page', 'changed')
  }
  return { schema, context, change }
}

const stream = async (outcome: Promise<AsyncIterable<ExecutionResult> | ExecutionResult>) =>
  (await outcome) as AsyncIterableIterator<ExecutionResult>

describe('A subscription', () => {
  it('reads the truth for each result, whatever its context remembered of the one before', async () => {
    const { schema, context, change } = house()
    const results = await stream(subscribeAfresh({ schema, document }, context))
    expect(await take(results, 1)).toEqual([{ data: { visits: 1 } }])
    change(2)
    expect(await take(results, 1)).toEqual([{ data: { visits: 2 } }])
  })

  it('would repeat itself with one context for all its results', async () => {
    const { schema, context, change } = house()
    const results = await stream(subscribe({ schema, document, contextValue: context() }) as never)
    await take(results, 1)
    change(2)
    expect(await take(results, 1)).toEqual([{ data: { visits: 1 } }])
  })

  it('says of itself that it is a current value, where its source is one', async () => {
    const { schema, context } = house()
    expect(isCurrentValue(await stream(subscribeAfresh({ schema, document }, context)))).toBe(true)
  })

  it('ends at once for a reader who leaves while waiting', async () => {
    const { schema, context } = house()
    const results = await stream(subscribeAfresh({ schema, document }, context))
    await take(results, 1)
    const waiting = results.next()
    await results.return?.()
    expect(await waiting).toEqual({ done: true, value: undefined })
  })

  it('gives the errors of a source that cannot be had', async () => {
    const { schema, context } = house()
    const outcome = (await subscribeAfresh(
      { schema, document: parse('subscription { refused }') },
      context,
    )) as ExecutionResult
    expect(outcome.errors?.map(({ message }) => message)).toEqual(['not for you'])
  })
})
