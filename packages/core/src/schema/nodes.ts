import type { FieldMap, InterfaceParam } from '@pothos/core'
import type { PrismaModelTypes, PrismaNodeRef } from '@pothos/plugin-prisma'
import type { Permission, Scopes } from './authorization.ts'
import type { Builder, BuilderTypes, SubGraph } from './builder.ts'
import type { GraphQLContext } from './graphqlContext.ts'
import { narrowed } from './narrowReads.ts'
import { nodeReader, type ReadNode } from './plannedReads.ts'
import { delegateName, modelsOf, type RowsElsewhere } from './rowsElsewhere.ts'

/** The models of this installation, as Pothos sees them. */
export type Models = BuilderTypes['PrismaTypes']
/** The name of a model of this installation. */
export type ModelName = keyof Models & string
/** What Pothos knows of a model. */
export type Model<Name extends ModelName> = PrismaModelTypes & Models[Name]
/** A row of a model, as Prisma reads it. */
export type Row<Name extends ModelName> = Models[Name] extends { Shape: infer Shape extends object } ? Shape : never

/** A GraphQL type on a table of the workspace; what {@link workspaceNode} returns. */
export type WorkspaceNodeRef<Name extends ModelName> = PrismaNodeRef<BuilderTypes, Model<Name>, Row<Name>>

/** Fields and permissions of a {@link workspaceNode}. */
export interface WorkspaceNodeOptions<Name extends ModelName> {
  /** Name of the type, where it is not the model's. */
  name?: string
  description: string
  /** Who may read it, wherever it turns up: `{ permission: 'pages:read' }`. Also guards `node(id)`. */
  authScopes: Partial<Scopes> & { permission?: Permission }
  /** `both` puts it into the public schema. Default: the admin's only. */
  subGraphs?: SubGraph[]
  interfaces?: InterfaceParam<BuilderTypes>[]
  /** Which rows `node(id)` finds for whoever asks, where that is not all of the workspace: what belongs to one person. */
  where?: (context: GraphQLContext) => Model<Name>['Where']
  fields: (t: PothosSchemaTypes.PrismaObjectFieldBuilder<BuilderTypes, Model<Name>, Row<Name>>) => FieldMap
}

/**
 * The GraphQL type of a table with `@@id([workspaceId, id])`: it has a global id, `node(id)` finds it, and a
 * row of another workspace is not found. The field `id` is there already.
 *
 * @example
 * const Page = workspaceNode(builder, 'Page', {
 *   description: 'A landing page.',
 *   authScopes: { permission: 'pages:read' },
 *   subGraphs: both,
 *   fields: (t) => ({ title: t.exposeString('title', { description: 'What its tab says.' }) }),
 * })
 */
export function workspaceNode<const Name extends ModelName>(
  builder: Builder,
  model: Name,
  { where, ...options }: WorkspaceNodeOptions<Name>,
): WorkspaceNodeRef<Name> {
  // Pothos infers its many parameters from literals; here they are already decided, so they are given as they are.
  const prismaNode = builder.prismaNode as unknown as (model: Name, options: object) => WorkspaceNodeRef<Name>
  const find = (id: string, context: GraphQLContext) => ({
    ...(where?.(context) as object | undefined),
    workspaceId_id: { workspaceId: context.workspaceId, id },
  })
  const read: ReadNode = (query, id, context) => {
    const rows = modelsOf(builder, context) as unknown as Record<string, Pick<RowsElsewhere, 'findUnique'>>
    return (rows[delegateName(model)] as Pick<RowsElsewhere, 'findUnique'>).findUnique({
      ...query,
      where: find(id, context),
    })
  }
  return prismaNode.call(builder, model, {
    ...options,
    extensions: { [narrowed]: true, [nodeReader]: read },
    nullable: true,
    id: {
      description: 'Unique among everything in this API.',
      resolve: (row: { id: string }) => row.id,
    },
    findUnique: find,
  })
}
