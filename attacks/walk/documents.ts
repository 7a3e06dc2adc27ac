import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type GraphQLUnionType,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isLeafType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isUnionType,
} from 'graphql'

/** A field of the schema and how one gets there: what is asked on the way, and the field at the end. */
export interface Place {
  /** `Query.page`, `Page.submissions`. */
  readonly coordinate: string
  readonly root: 'query' | 'mutation' | 'subscription'
  readonly steps: readonly Step[]
}

interface Step {
  readonly parent: GraphQLObjectType
  readonly field: GraphQLField<unknown, unknown>
  /** Of what the field answers with, where that is an interface or a union: what the next step is asked of. */
  readonly narrowed?: GraphQLObjectType
}

/** What a document takes: a variable for each argument. */
export interface Slot {
  readonly variable: string
  readonly argument: GraphQLArgument
  /** `Query.page(slug:)`. */
  readonly coordinate: string
  readonly answers: GraphQLNamedType
  /** On the way to the field: filled with what is one's own. */
  readonly onTheWay: boolean
  /** The step before leads to things of this type: `node(id:)` on the way to a page. */
  readonly narrowed?: GraphQLObjectType
}

/** An operation about one place. */
export interface Operation {
  readonly place: Place
  readonly text: string
  readonly slots: readonly Slot[]
  /** Coordinates of the fields that it selects. */
  readonly selects: ReadonlySet<string>
}

/**
 * Every place that has something to try: each field of the roots, each field that takes arguments, and for each type a way to all the
 * fields that take none.
 */
export function placesOf(schema: GraphQLSchema): Place[] {
  const query = schema.getQueryType() as GraphQLObjectType
  const mutation = schema.getMutationType()
  const subscription = schema.getSubscriptionType()
  const roots = [
    [query, 'query'],
    [mutation, 'mutation'],
    [subscription, 'subscription'],
  ] as const
  const places: Place[] = roots.flatMap(([type, root]) =>
    Object.values(type?.getFields() ?? {}).map((field) => ({
      coordinate: `${type?.name}.${field.name}`,
      root,
      steps: [{ parent: type as GraphQLObjectType, field }],
    })),
  )
  for (const [type, way] of waysOf(schema)) {
    const to = (field: GraphQLField<unknown, unknown>): Place => ({
      coordinate: `${type.name}.${field.name}`,
      root: 'query',
      steps: [...narrowedTo(way, type), { parent: type, field }],
    })
    // What pages through a list is asked with the list.
    if (!/(Connection|Edge)$/.test(type.name))
      places.push({ coordinate: type.name, root: 'query', steps: narrowedTo(way, type) })
    for (const field of Object.values(type.getFields())) if (field.args.length > 0) places.push(to(field))
  }
  return places
}

/** The shortest way from the query to each type that is reachable from there. */
function waysOf(schema: GraphQLSchema): Map<GraphQLObjectType, readonly Step[]> {
  const query = schema.getQueryType() as GraphQLObjectType
  const node = query.getFields().node as GraphQLField<unknown, unknown>
  const ways = new Map<GraphQLObjectType, readonly Step[]>()
  const queue: GraphQLObjectType[] = []
  const reach = (type: GraphQLObjectType, way: readonly Step[]) => {
    if (type === query || ways.has(type)) return
    ways.set(type, way)
    queue.push(type)
  }
  const expand = (parent: GraphQLObjectType, before: readonly Step[]) => {
    const fields = Object.values(parent.getFields())
    // What needs no argument leads there for sure.
    for (const field of fields.sort((a, b) => needed(a) - needed(b))) {
      if (field.name === 'node' && parent === query) continue
      for (const type of membersOf(schema, getNamedType(field.type)))
        reach(type, [...narrowedTo(before, parent), { parent, field }])
    }
  }
  for (const type of schema.getPossibleTypes(node.type as never)) reach(type, [{ parent: query, field: node }])
  expand(query, [])
  for (let type = queue.shift(); type; type = queue.shift()) expand(type, ways.get(type) as readonly Step[])
  return ways
}

const needed = ({ args }: GraphQLField<unknown, unknown>) => args.filter(isRequiredArgument).length

function narrowedTo(way: readonly Step[], type: GraphQLObjectType): readonly Step[] {
  const last = way.at(-1)
  if (!last || getNamedType(last.field.type) === type) return way
  return [...way.slice(0, -1), { ...last, narrowed: type }]
}

/** The object types that a field with this type may answer with. */
function membersOf(schema: GraphQLSchema, type: GraphQLNamedType): readonly GraphQLObjectType[] {
  if (isObjectType(type)) return [type]
  // Every node is reached by `node` already.
  if (isInterfaceType(type) && type.name === 'Node') return []
  return isAbstractType(type) ? schema.getPossibleTypes(type) : []
}

/**
 * The operation that asks for a place, with all that its answer has down to `depth` objects below it; below 0 with nothing of it.
 */
export function operationFor(schema: GraphQLSchema, place: Place, depth: number): Operation {
  const slots: Slot[] = []
  const selects = new Set<string>()
  const select = (type: GraphQLNamedType, below: number): string => selection(schema, type, below, selects)
  const write = (index: number): string => {
    const step = place.steps[index] as Step
    const { field, parent, narrowed } = step
    const last = index === place.steps.length - 1
    // The place of a type is about its fields, not about how one gets there.
    const aim = last && place.coordinate.includes('.')
    const coordinate = `${parent.name}.${field.name}`
    selects.add(coordinate)
    const args = field.args
      .filter(({ type }) => aim || isNonNullType(type))
      .map((argument) => {
        const variable = `v${slots.length}`
        slots.push({
          variable,
          argument,
          coordinate: `${coordinate}(${argument.name}:)`,
          answers: answeredBy(getNamedType(field.type)),
          onTheWay: !aim,
          ...(narrowed && { narrowed }),
        })
        return `${argument.name}: $${variable}`
      })
    const named = getNamedType(field.type)
    const inner = last ? select(narrowed ?? named, depth) : `{ ${write(index + 1)} }`
    const body = narrowed ? `{ __typename ... on ${narrowed.name} ${inner} }` : inner
    return `${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''} ${body}`
  }
  const body = write(0)
  const variables = slots.map(({ variable, argument }) => `$${variable}: ${argument.type}`)
  const text = `${place.root}${variables.length > 0 ? ` (${variables.join(', ')})` : ''} { ${body} }`
  return { place, text, slots, selects }
}

/** What a field is about: the rows of a connection, the data of a mutation. */
function answeredBy(type: GraphQLNamedType): GraphQLNamedType {
  if (isUnionType(type)) {
    const success = type.getTypes().find(({ name }) => name.endsWith('Success'))
    const data = success?.getFields().data
    return data ? answeredBy(getNamedType(data.type)) : type
  }
  if (!isObjectType(type)) return type
  const { nodes, edges } = type.getFields()
  return nodes && edges ? getNamedType(nodes.type) : type
}

function selection(schema: GraphQLSchema, type: GraphQLNamedType, depth: number, selects: Set<string>): string {
  if (isLeafType(type)) return ''
  const errors =
    isUnionType(type) && type.getTypes().some((one) => one.getInterfaces().some(({ name }) => name === 'Error'))
  if (depth < 0) return `{ __typename ${errors ? '... on Error { code message }' : ''} }`
  if (isUnionType(type) || isInterfaceType(type)) {
    const taken = new Map<string, string>()
    const fragments = schema.getPossibleTypes(type).flatMap((member) => {
      // Errors have a selection of their own.
      if (member.getInterfaces().some(({ name }) => name === 'Error')) return []
      return [`... on ${member.name} ${fields(schema, member, depth, selects, taken)}`]
    })
    return `{ __typename ${fragments.join(' ')} ${errors ? errorsOf(schema, type) : ''} }`
  }
  return fields(schema, type as GraphQLObjectType, depth, selects, new Map())
}

/** What all errors have, and what some of them have beside it. */
function errorsOf(schema: GraphQLSchema, type: GraphQLUnionType | GraphQLInterfaceType): string {
  const shared = schema.getType('Error') as GraphQLInterfaceType
  const own = schema.getPossibleTypes(type).flatMap((member) => {
    const more = Object.values(member.getFields()).filter(({ name }) => !(name in shared.getFields()))
    if (!member.getInterfaces().includes(shared) || more.length === 0) return []
    const parts = more.map((field) => `${field.name} ${selection(schema, getNamedType(field.type), 0, new Set())}`)
    return [`... on ${member.name} { ${parts.join(' ')} }`]
  })
  return `... on Error { code message } ${own.join(' ')}`
}

function fields(
  schema: GraphQLSchema,
  type: GraphQLObjectType,
  depth: number,
  selects: Set<string>,
  taken: Map<string, string>,
): string {
  const wrapper = /(Connection|Edge|Success)$/.test(type.name) && !('id' in type.getFields())
  const parts = Object.values(type.getFields()).flatMap((field) => {
    if (field.args.some(isRequiredArgument)) return []
    const named = getNamedType(field.type)
    // Two types of a union may have fields of one name and different types, which one answer cannot hold.
    if ((taken.get(field.name) ?? String(field.type)) !== String(field.type)) return []
    if (!isLeafType(named) && depth <= 0 && !wrapper) return []
    if (field.name === 'edges' && wrapper) {
      for (const part of ['cursor', 'node']) selects.add(`${named.name}.${part}`)
      selects.add(`${type.name}.edges`)
      return ['edges { cursor node { __typename } }']
    }
    taken.set(field.name, String(field.type))
    selects.add(`${type.name}.${field.name}`)
    const paged = field.args.some(({ name }) => name === 'first') ? '(first: 3)' : ''
    return [`${field.name}${paged} ${selection(schema, named, wrapper ? depth : depth - 1, selects)}`]
  })
  return `{ __typename ${parts.join(' ')} }`
}
