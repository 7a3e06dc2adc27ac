/**
 * What it costs to tell 1,000 equal subscriptions of one published message, until each has its result in hand:
 * one execution shared by all (ours) against one execution each over graphql-yoga's createPubSub. Both run
 * here, in one process, in turns; the JSON of each client's frame is made as graphql-ws makes it, or not at all.
 */
import { buildSchema, type ExecutionResult, parse, subscribe } from 'graphql'
import { createPubSub } from 'graphql-yoga'
import { pino } from 'pino'
import { createLive } from '../packages/core/src/live/createLive.ts'
import { SharedSubscriptions } from '../packages/core/src/live/sharedSubscriptions.ts'
import { defineTopic } from '../packages/core/src/live/topic.ts'

const subscribers = 1_000
const messagesPerTurn = 50
const rounds = 9

interface Metrics {
  pageId: string
  variants: { id: string; visitors: number; conversions: number }[]
}

interface Contestant {
  subscribe(): Promise<AsyncIterable<ExecutionResult>>
  publish(message: Metrics): void
}

interface Turn {
  microsecondsPerMessage: number
  cpuMicrosecondsPerMessage: number
}

const document = parse('subscription { metrics(pageId: "p") { pageId variants { id visitors conversions } } }')
const definition = `
  type Query { ok: Boolean }
  type Variant { id: ID! visitors: Int! conversions: Int! }
  type Metrics { pageId: ID! variants: [Variant!]! }
  type Subscription { metrics(pageId: ID!): Metrics! }
`

function shared(): Contestant {
  const log = pino({ level: 'silent' })
  const live = createLive({ log })
  const topic = defineTopic<Metrics>({ name: 'bench.metrics' })
  const schema = schemaOver(() => live.subscribe('workspace', topic, 'p'), 'message')
  const subscriptions = new SharedSubscriptions({ log })
  return {
    subscribe: async () =>
      results(await subscriptions.subscribe({ group: 'p', start: async () => subscribe({ schema, document }) })),
    publish: (message) => live.publish('workspace', topic, 'p', message),
  }
}

function each(): Contestant {
  const pubSub = createPubSub<{ metrics: [pageId: string, payload: { value: Metrics }] }>()
  const schema = schemaOver(() => pubSub.subscribe('metrics', 'p'), 'value')
  return {
    subscribe: async () => results(await subscribe({ schema, document })),
    publish: (message) => pubSub.publish('metrics', 'p', { value: message }),
  }
}

function schemaOver(source: () => AsyncIterable<unknown>, property: string) {
  const schema = buildSchema(definition)
  const field = schema.getSubscriptionType()?.getFields().metrics
  if (!field) throw new Error('The schema has no subscription "metrics".')
  field.subscribe = source
  field.resolve = (tick) => tick[property]
  return schema
}

function results(outcome: AsyncIterable<ExecutionResult> | ExecutionResult): AsyncIterable<ExecutionResult> {
  if (Symbol.asyncIterator in outcome) return outcome
  throw new Error('The subscription was refused.', { cause: outcome.errors })
}

/** Opens the subscriptions and gives the course: publish, wait until everybody has it, publish the next. */
async function enter(contestant: Contestant, frames: boolean): Promise<() => Promise<Turn>> {
  let missing = 0
  let everybody = Promise.withResolvers<void>()
  let bytes = 0
  for (let index = 0; index < subscribers; index++) {
    const incoming = await contestant.subscribe()
    void (async () => {
      for await (const payload of incoming) {
        if (payload.errors) throw new Error('A subscriber got an error.', { cause: payload.errors })
        if (frames) bytes += JSON.stringify({ id: `${index}`, type: 'next', payload }).length
        if (--missing === 0) everybody.resolve()
      }
    })()
  }
  return async () => {
    const cpu = process.cpuUsage()
    const start = process.hrtime.bigint()
    for (let message = 0; message < messagesPerTurn; message++) {
      missing = subscribers
      everybody = Promise.withResolvers()
      contestant.publish({
        pageId: 'p',
        variants: ['a', 'b', 'c'].map((id) => ({ id, visitors: message, conversions: bytes % 7 })),
      })
      await everybody.promise
    }
    const used = process.cpuUsage(cpu)
    return {
      microsecondsPerMessage: Number(process.hrtime.bigint() - start) / 1_000 / messagesPerTurn,
      cpuMicrosecondsPerMessage: (used.user + used.system) / messagesPerTurn,
    }
  }
}

async function compare(frames: boolean): Promise<void> {
  const [ours, theirs] = [await enter(shared(), frames), await enter(each(), frames)]
  const turns: { ours: Turn; theirs: Turn }[] = []
  for (let round = 0; round < rounds; round++) {
    // By turns first and second, so that neither always follows the other.
    if (round % 2 === 0) turns.push({ ours: await ours(), theirs: await theirs() })
    else {
      const theirTurn = await theirs()
      turns.push({ ours: await ours(), theirs: theirTurn })
    }
  }
  // The first two warm up.
  const counted = turns.slice(2)
  const say = (name: string, pick: (turn: Turn) => number) => {
    const ratio = median(counted.map((turn) => pick(turn.theirs) / pick(turn.ours)))
    const [a, b] = [median(counted.map((turn) => pick(turn.ours))), median(counted.map((turn) => pick(turn.theirs)))]
    console.log(
      `  ${name.padEnd(24)} shared ${format(a)} ms   one each ${format(b)} ms   ${ratio.toFixed(1)} times less`,
    )
  }
  console.log(frames ? 'With the JSON of every frame' : 'Without a transport')
  say('time per message', (turn) => turn.microsecondsPerMessage)
  say('CPU per message', (turn) => turn.cpuMicrosecondsPerMessage)
}

const format = (microseconds: number) => (microseconds / 1_000).toFixed(2).padStart(6)

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

console.log(`${subscribers} equal subscriptions, medians of ${rounds - 2} rounds of ${messagesPerTurn} messages`)
await compare(false)
await compare(true)
