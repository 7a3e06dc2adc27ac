import type { GraphQLContext } from './graphqlContext.ts'

/** Rows of a model that are not in its table: what lists and nodes ask of Prisma. Answers hold every column of the model. */
export interface RowsElsewhere {
  findMany(query: { where?: object; orderBy?: object[]; take?: number }): Promise<object[]>
  findUnique(query: { where: { workspaceId_id: { id: string } } }): Promise<object | null>
  count(query: { where?: object }): Promise<number>
}

/**
 * Has lists and nodes of a model read its rows from another engine, for the whole of a schema. The engine answers for the
 * workspace of the context and for no other.
 *
 * @param builder of the schema. Only told apart from others: builders know this file
 * @param model as Prisma names it
 * @param rows undefined where the rows are in the model's table after all
 * @example readElsewhere(builder, 'TrackingEvent', (context) => tracking.store.rows?.(context))
 */
export function readElsewhere(
  builder: object,
  model: string,
  rows: (context: GraphQLContext) => RowsElsewhere | undefined,
): void {
  const sources = sourcesOf.get(builder) ?? new Map<string, typeof rows>()
  sourcesOf.set(builder, sources.set(delegateName(model), rows))
}

const sourcesOf = new WeakMap<object, Map<string, (context: GraphQLContext) => RowsElsewhere | undefined>>()

/** What the fields of a schema read models through: Prisma within the workspace, but for models whose rows are elsewhere. */
export function modelsOf(builder: object, context: GraphQLContext): GraphQLContext['db']['prisma'] {
  const sources = sourcesOf.get(builder)
  if (!sources) return context.db.prisma
  return new Proxy(context.db.prisma, {
    get: (prisma, name) => sources.get(String(name))?.(context) ?? Reflect.get(prisma, name),
  })
}

/** TrackingEvent → trackingEvent */
export function delegateName(model: string): string {
  return model.charAt(0).toLowerCase() + model.slice(1)
}
