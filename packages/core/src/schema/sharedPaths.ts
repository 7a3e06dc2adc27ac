import { createContextCache } from '@pothos/core'
import type { GraphQLFieldResolver, GraphQLResolveInfo } from 'graphql'

type Path = GraphQLResolveInfo['path']

interface Place {
  readonly path: Path | undefined
  readonly below: Map<string | number, Place>
}

/**
 * Gives a resolver the same path object for the same place. graphql-js does so by itself; compiled queries
 * (graphql-jit) make new ones for every field, and Pothos, which keeps what it has loaded by path object, would
 * load relations of relations a second time.
 */
export function withSharedPath(
  resolve: GraphQLFieldResolver<unknown, object, object>,
): GraphQLFieldResolver<unknown, object, object> {
  return (parent, args, context, info) =>
    resolve(
      parent,
      args,
      context,
      isShared(info.path) ? info : { ...info, path: placeOf(context, info.path).path as Path },
    )
}

/** graphql-js' own paths name the type; those of compiled queries do not. */
function isShared(path: Path): boolean {
  return 'typename' in path
}

function placeOf(context: object, path: Path): Place {
  const parent = path.prev ? placeOf(context, path.prev) : start(context)
  let place = parent.below.get(path.key)
  if (!place) {
    place = { path: { prev: parent.path, key: path.key, typename: path.typename }, below: new Map() }
    parent.below.set(path.key, place)
  }
  return place
}

const start = createContextCache((): Place => ({ path: undefined, below: new Map() }))

export function forgetPlaces(context: object): void {
  start.delete(context)
}
