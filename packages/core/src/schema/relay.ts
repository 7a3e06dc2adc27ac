import { decodeBase64 } from '@pothos/core'
import { type GraphQLResolveInfo, isObjectType } from 'graphql'
import { InvalidInputError } from '../errors.ts'
import { isUuid } from '../uuid.ts'
import type { GraphQLContext } from './graphqlContext.ts'
import { connectionPart } from './lists/connection.ts'
import { readPlannedNode } from './plannedReads.ts'
import { both } from './subGraphs.ts'

/** Ids that `nodes` takes at once. */
const maxNodes = 100

/** The id of something among everything in this API. @param id a UUID, or a number */
export function globalIdOf(type: string, id: string | number | bigint): string {
  // Nothing but ASCII. A list has a hundred of them, and buffers take twice as long.
  return btoa(`${type}:${id}`)
}

/** Pagination by the Relay specification, ids that are unique across types, `node` and `nodes`. */
export const relay = {
  cursorType: 'String',
  encodeGlobalID: globalIdOf,
  decodeGlobalID,
  nodeTypeOptions: {
    description: 'Anything that has an id of its own and can be read again by it.',
    subGraphs: both,
  },
  idFieldOptions: { description: 'Unique among everything in this API.' },
  nodeQueryOptions: {
    description: 'Whatever has this id in this workspace; null where nothing has.',
    authScopes: { member: true },
    subGraphs: both,
    nullable: true,
    args: { id: { description: 'The id of anything.' } },
    resolve: (
      _root: object,
      args: { id: GlobalId },
      context: unknown,
      info: GraphQLResolveInfo,
      load: (id: GlobalId) => unknown,
    ) => (isNode(args.id, info) ? (readPlannedNode(args.id, context as GraphQLContext, info) ?? load(args.id)) : null),
  },
  nodesQueryOptions: {
    description: `What has these ids in this workspace, in their order; null where nothing has. At most ${maxNodes}.`,
    authScopes: { member: true },
    subGraphs: both,
    nullable: { list: false, items: true },
    complexity: (args: { ids?: readonly unknown[] }) => ({ field: 1, multiplier: args.ids?.length ?? maxNodes }),
    args: { ids: { description: 'The ids of anything.' } },
    resolve: (
      _root: object,
      args: { ids: readonly (GlobalId | null)[] },
      _context: unknown,
      info: GraphQLResolveInfo,
      load: (ids: GlobalId[]) => Promise<unknown[]>,
    ) => {
      if (args.ids.length > maxNodes) {
        throw InvalidInputError.of('ids', 'TOO_BIG', {
          en: `${args.ids.length} ids are more than ${maxNodes}. Ask for fewer at a time.`,
          fr: `${args.ids.length} identifiants dépassent ${maxNodes}. Demandez-en moins à la fois.`,
        })
      }
      // Pothos loads what the arguments hold, whatever `load` is called with.
      args.ids = args.ids.map((id) => (id && isNode(id, info) ? id : null))
      return load([])
    },
  },
  pageInfoTypeOptions: {
    description: 'Where a page of a list lies.',
    extensions: { [connectionPart]: true },
    authScopes: { public: true },
    subGraphs: both,
  },
  hasNextPageFieldOptions: { description: 'Whether there is more after this page.' },
  hasPreviousPageFieldOptions: { description: 'Whether there is more before this page.' },
  startCursorFieldOptions: { description: 'Cursor of the first item: `before` it lies the previous page.' },
  endCursorFieldOptions: { description: 'Cursor of the last item: `after` it lies the next page.' },
  pageInfoFieldOptions: { description: 'Where this page lies in the list.' },
  // The list's own field multiplies by the page size, so what only wraps the rows costs nothing.
  edgesFieldOptions: {
    description: 'The items of this page, each with its cursor.',
    nullable: { list: false, items: false },
    complexity: { field: 0, multiplier: 1 },
  },
  nodesOnConnection: { description: 'The items of this page.', complexity: { field: 0, multiplier: 1 } },
  nodeFieldOptions: { description: 'The item.', nullable: false, complexity: { field: 0, multiplier: 1 } },
  cursorFieldOptions: { description: 'Where the item lies, for `after` and `before`.', complexity: 0 },
  defaultConnectionTypeOptions: { authScopes: { public: true }, subGraphs: both },
  defaultEdgeTypeOptions: { authScopes: { public: true }, subGraphs: both },
  firstArgOptions: { description: 'How many, from the start. 20 unless told, at most 100.' },
  lastArgOptions: { description: 'How many, from the end. At most 100.' },
  afterArgOptions: { description: 'Only what comes after the item with this cursor.' },
  beforeArgOptions: { description: 'Only what comes before the item with this cursor.' },
} as const

interface GlobalId {
  typename: string
  id: string
}

/** Whether this schema has the type at all: the public one must not tell of the admin's. */
function isNode({ typename }: GlobalId, { schema }: GraphQLResolveInfo): boolean {
  const type = schema.getType(typename)
  return isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Node')
}

/** Every id is `Type:uuid` in base64. What is not was never given out, so it is an error and not a miss. */
function decodeGlobalID(globalId: string): GlobalId {
  const [typename = '', id = ''] = decodeSafely(globalId).split(':')
  if (!/^[A-Z]\w*$/.test(typename) || !isUuid(id)) {
    throw InvalidInputError.of('id', 'INVALID_ID', {
      en: `${JSON.stringify(globalId)} is not an id of this API. Pass an "id" as it was returned.`,
      fr: `${JSON.stringify(globalId)} n’est pas un identifiant de cette API. Donnez un « id » tel qu’il a été renvoyé.`,
    })
  }
  return { typename, id }
}

function decodeSafely(text: string): string {
  try {
    return decodeBase64(text)
  } catch {
    return ''
  }
}
