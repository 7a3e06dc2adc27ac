import type { GraphQLSchema } from 'graphql'
import { createSchema } from 'graphql-yoga'
import { Mailbox } from '../../src/live/mailbox.ts'
import type { Requester, RequestFacts } from '../../src/schema/graphqlContext.ts'

export interface TickContext {
  authenticated: Requester | undefined
  request: RequestFacts
}

/** A subscription that the test drives by hand, and that tells how often it was executed. */
export interface Ticks {
  readonly schema: GraphQLSchema
  /** Sends a value to every execution that is open. */
  tick(value: string): void
  /** Ends every execution, with an error where one is given. */
  fail(error: Error): void
  /** Executions so far, and those that are open. */
  readonly executions: { total: number; open: number }
}

export function tickingSchema(): Ticks {
  const sources = new Set<Mailbox<string, { ticks: string }>>()
  const executions = { total: 0, open: 0 }
  const schema = createSchema<TickContext>({
    typeDefs: `
      type Query { hello: String, whoami: String }
      type Mutation { write: String }
      type Subscription { ticks(of: String): String, ownTicks: String, broken: String }`,
    resolvers: {
      Query: { hello: () => 'hello', whoami: (_, __, { authenticated }) => authenticated?.principal?.type ?? 'nobody' },
      Mutation: { write: () => 'written' },
      Subscription: {
        ticks: {
          subscribe: () => open(),
          resolve: ({ ticks }: { ticks: string }, _, __) => (ticks === 'bad' ? fail() : ticks),
        },
        ownTicks: {
          subscribe: () => open(),
          resolve: ({ ticks }: { ticks: string }, _, { authenticated }) =>
            `${ticks} for ${authenticated?.principal?.type}`,
        },
        broken: {
          subscribe: () => {
            throw new Error('the secret source is broken')
          },
        },
      },
    },
  })
  const fields = schema.getSubscriptionType()?.getFields()
  if (fields?.ticks) fields.ticks.extensions = { live: { shared: true } }

  function fail(): never {
    throw new Error('a secret went wrong')
  }
  function open() {
    executions.total += 1
    executions.open += 1
    const source = new Mailbox<string, { ticks: string }>({
      capacity: 100_000,
      deliver: (ticks) => ({ ticks }),
      onEnd: () => {
        executions.open -= 1
        sources.delete(source)
      },
    })
    sources.add(source)
    return source
  }
  return {
    schema,
    executions,
    tick: (value) => {
      for (const source of sources) source.put(value)
    },
    fail: (error) => {
      for (const source of [...sources]) source.end({ error })
    },
  }
}
