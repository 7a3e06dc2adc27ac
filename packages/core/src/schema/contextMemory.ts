import { RequestCache } from '@pothos/plugin-scope-auth'
import { forgetPlaces } from './sharedPaths.ts'

/**
 * Forgets what resolvers remembered of a context, once its operation is over: who may do what, and where in the answer they are.
 *
 * Both are the values of a WeakMap, which V8's small collections of garbage take for alive whatever became of their keys. As they know
 * their context, which knows its request, all that a request had made was copied twice, and kept until the next large collection.
 */
export function forgetContext(context: object): void {
  RequestCache.clearForContext(context as never)
  forgetPlaces(context)
}
