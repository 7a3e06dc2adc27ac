import type { Exchange, ExchangeInput, Operation, OperationResult } from '@urql/core'
import { filter, makeSubject, merge, pipe, type Source, share, subscribe, tap } from 'wonka'

/**
 * One cache for everything, and for each query that is kept apart (`apart` in its context) one that goes when nothing shows the query any more.
 * A cache keeps whatever it ever read, which is right for a page and not for the thousand pages of a long list: the
 * browser stops everything to tidy up what they leave behind, the longer the more there is.
 *
 * Mutations and subscriptions are told to every one of them, and what a mutation expects as well. What other queries
 * learn is not.
 */
export function cachesApart(makeCache: () => Exchange): Exchange {
  return ({ forward, client, dispatchDebug }) =>
    (operations) => {
      const sent = makeSubject<Operation>()
      const answers = share(forward(sent.source))
      const found = makeSubject<OperationResult>()
      const common = makeSubject<Operation>()
      const small = new Map<number, SmallCache>()
      /** Keys of queries that the common cache has. */
      const inCommon = new Set<number>()

      const smallFor = ({ key, context }: Operation): SmallCache | undefined => {
        const known = small.get(key)
        if (known || inCommon.has(key) || context.apart !== true) return known
        const opened = openCache(makeCache(), { client, dispatchDebug }, sent.next, found.next)
        small.set(key, opened)
        return opened
      }

      const ask = (operation: Operation) => {
        const { kind, key } = operation
        if (kind === 'query') {
          const own = smallFor(operation)
          if (own) return own.ask(operation)
          inCommon.add(key)
        } else if (kind === 'teardown') {
          inCommon.delete(key)
          const own = small.get(key)
          if (own) {
            small.delete(key)
            own.ask(operation)
            return own.close()
          }
        } else if (kind === 'mutation' && operation.context.requestPolicy !== 'network-only')
          for (const own of small.values()) own.ask(operation)
        common.next(operation)
      }

      const answered = (result: OperationResult) => {
        const { kind, key } = result.operation
        if (kind === 'query') small.get(key)?.answer(result)
        else for (const own of [...small.values()]) own.answer(result)
      }

      const fromCommon = makeCache()({
        client,
        dispatchDebug,
        forward: (asked) =>
          share(
            merge([
              pipe(
                answers,
                filter(({ operation: { kind, key } }) => kind !== 'query' || inCommon.has(key)),
              ),
              pipe(asked, tap(sent.next), nothing<OperationResult>()),
            ]),
          ),
      })(common.source)

      return merge([
        pipe(answers, tap(answered), nothing<OperationResult>()),
        fromCommon,
        found.source,
        pipe(operations, tap(ask), nothing<OperationResult>()),
      ])
    }
}

interface SmallCache {
  ask(operation: Operation): void
  answer(result: OperationResult): void
  close(): void
}

function openCache(
  cache: Exchange,
  { client, dispatchDebug }: Pick<ExchangeInput, 'client' | 'dispatchDebug'>,
  send: (operation: Operation) => void,
  found: (result: OperationResult) => void,
): SmallCache {
  const asked = makeSubject<Operation>()
  const answers = makeSubject<OperationResult>()
  const { unsubscribe } = pipe(
    cache({
      client,
      dispatchDebug,
      forward: (toSend) =>
        share(
          merge([
            answers.source,
            pipe(
              toSend,
              tap((operation) => {
                // Mutations are sent by the common cache.
                if (operation.kind === 'query' || operation.kind === 'teardown') send(operation)
              }),
              nothing<OperationResult>(),
            ),
          ]),
        ),
    })(asked.source),
    subscribe((result) => {
      if (result.operation.kind === 'query') found(result)
    }),
  )
  return { ask: asked.next, answer: answers.next, close: unsubscribe }
}

/** Passes nothing on: for sources that are only listened to. */
function nothing<Other>(): <Value>(source: Source<Value>) => Source<Other> {
  return filter((_): _ is never => false)
}
