/** The servers that take part, by the module that starts them. */
export const servers = {
  ours: 'ours.ts',
  'ours, by session': 'oursBySession.ts',
  'mercurius + graphql-jit': 'mercurius.ts',
  'Apollo Server, our resolvers': 'apollo.ts',
  'PostGraphile 5': 'postgraphile.ts',
} as const

export type ServerName = keyof typeof servers

/** A request of a workload, as all servers get it but PostGraphile, whose schema has its own names for the same. */
export interface Asked {
  readonly query: string
  readonly postGraphile: string
  /** @param page the id of a page */
  readonly variables: (page: string, turn: number) => object
  readonly postGraphileVariables: (page: string, turn: number, workspaceId: string) => object
}

const tree = 'id slug title status createdAt version variants { id key status version parent { id key } }'
const postGraphileTree = `id slug title status createdAt version
  variants: pageVariantsByWorkspaceIdAndPageId(orderBy: KEY_ASC) {
    nodes { id key status version parent: pageVariantByWorkspaceIdAndParentVariantId { id key } }
  }`

const globalId = (page: string) => Buffer.from(`Page:${page}`).toString('base64')
const postGraphileId = (page: string, workspaceId: string) =>
  Buffer.from(JSON.stringify(['Page', workspaceId, page])).toString('base64')

/** A page of 20 pages, their variants, and what these derive from: 20 + 60 + 40 objects. */
export const list: Asked = {
  query: `query Pages($first: Int!) {
    pages(first: $first, orderBy: { field: UPDATED_AT, direction: DESC }) { nodes { ${tree} } pageInfo { hasNextPage } }
  }`,
  variables: () => ({ first: 20 }),
  postGraphile: `query Pages($first: Int!) {
    pages: allPages(first: $first, orderBy: UPDATED_AT_DESC) { nodes { ${postGraphileTree} } pageInfo { hasNextPage } }
  }`,
  postGraphileVariables: () => ({ first: 20 }),
}

/** The same of one page, by its id. */
export const node: Asked = {
  query: `query Page($id: ID!) { node(id: $id) { ... on Page { ${tree} } } }`,
  variables: (page) => ({ id: globalId(page) }),
  postGraphile: `query Page($id: ID!) { node: page(id: $id) { ${postGraphileTree} } }`,
  postGraphileVariables: (page, _turn, workspaceId) => ({ id: postGraphileId(page, workspaceId) }),
}

/** Another title for a page. */
export const mutation: Asked = {
  query: `mutation Rename($id: ID!, $title: String!) {
    updatePage(id: $id, input: { title: $title }) {
      ... on UpdatePageSuccess { data { id slug title status } }
      ... on Error { code message }
    }
  }`,
  variables: (page, turn) => ({ id: globalId(page), title: `Title ${turn}` }),
  postGraphile: `mutation Rename($id: ID!, $title: String!) {
    updatePage(input: { id: $id, pagePatch: { title: $title } }) { data: page { id slug title status } }
  }`,
  postGraphileVariables: (page, turn, workspaceId) => ({
    id: postGraphileId(page, workspaceId),
    title: `Title ${turn}`,
  }),
}

/**
 * What an answer says, without how: ids as the UUIDs that they hold, instants in ISO 8601, words of enums in capitals, a list of
 * few without its connection.
 *
 * @throws where there are errors
 */
export function meaning(answer: string): unknown {
  const { data, errors } = JSON.parse(answer) as { data?: unknown; errors?: unknown }
  if (errors || !data) throw new Error(`Answered ${answer.slice(0, 1_000)}`)
  return plain(data, '')
}

function plain(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map((item) => plain(item, ''))
  if (typeof value === 'string') {
    if (name === 'id')
      return Buffer.from(value, 'base64')
        .toString()
        .match(/[0-9a-f-]{36}/g)
        ?.at(-1)
    if (name === 'createdAt') return new Date(value).toISOString()
    return name === 'status' ? value.toUpperCase() : value
  }
  if (typeof value !== 'object' || value === null) return value
  const { nodes } = value as { nodes?: unknown }
  if (name === 'variants' && nodes) return plain(nodes, name)
  // Sorted by name: an order of fields says nothing.
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, plain(item, key)] as const)
      .toSorted(([a], [b]) => a.localeCompare(b)),
  )
}
