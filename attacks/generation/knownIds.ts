import { type GraphQLSchema, getNamedType, isObjectType } from 'graphql'
import type { ApiClient } from '../../packages/server/test/e2e/apiClient.ts'
import type { KnownIds } from './values.ts'

/** Ids of what the lists of a workspace hold, found by walking the schema. */
export async function knownIds(schema: GraphQLSchema, { ask }: Pick<ApiClient, 'ask'>): Promise<KnownIds> {
  const found = new Map<string, string[]>()
  for (const [name, field] of Object.entries(schema.getQueryType()?.getFields() ?? {})) {
    const connection = getNamedType(field.type)
    const nodes = isObjectType(connection) ? connection.getFields().nodes : undefined
    const node = nodes && getNamedType(nodes.type)
    if (!isObjectType(node) || !node.getFields().id || field.args.some(({ type }) => String(type).endsWith('!')))
      continue
    const data = await ask<Record<string, { nodes: { id: string }[] }>>(`{ ${name}(first: 5) { nodes { id } } }`)
    found.set(node.name, [...(found.get(node.name) ?? []), ...(data[name]?.nodes ?? []).map(({ id }) => id)])
  }
  return new Map([...found].filter(([, ids]) => ids.length > 0))
}
