/**
 * Mercurius with graphql-jit, and SQL by hand: each document's whole tree in one prepared statement, as the same role under
 * the same policies. pg's pipeline mode sends begin, the workspace, the statement and commit without waiting between them:
 * one round trip. The types are those of our public schema that the workloads ask for. No limits, metrics or logs.
 */
import Fastify from 'fastify'
import mercurius from 'mercurius'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { keyCheck } from './keyCheck.ts'
import { listening, staging } from './stage.ts'

const { appUrl, workspaceId, keyHash } = staging()
const mayEnter = keyCheck(keyHash)
const pool = new pg.Pool({ connectionString: appUrl, max: 10, pipeline: true } as pg.PoolConfig)
const enter = `begin; select set_config('app.workspace', '${workspaceId}', true)`

const schema = `
  type Query {
    pages(first: Int, orderBy: PageOrder): PageConnection!
    node(id: ID!): Node
  }
  type Mutation { updatePage(id: ID!, input: UpdatePageInput!): UpdatePageResult! }
  interface Node { id: ID! }
  type PageConnection { nodes: [Page!]!, pageInfo: PageInfo! }
  type PageInfo { hasNextPage: Boolean! }
  type Page implements Node { id: ID!, slug: String!, title: String!, status: PageStatus!, createdAt: DateTime!, version: Int!, variants: [PageVariant!]! }
  type PageVariant implements Node { id: ID!, key: String!, status: PageStatus!, version: Int!, parent: PageVariant }
  enum PageStatus { DRAFT ACTIVE ARCHIVED }
  enum PageOrderField { UPDATED_AT }
  enum OrderDirection { ASC DESC }
  input PageOrder { field: PageOrderField!, direction: OrderDirection! }
  input UpdatePageInput { title: String }
  scalar DateTime
  union UpdatePageResult = UpdatePageSuccess | NotFoundError
  type UpdatePageSuccess { data: Page! }
  interface Error { code: String!, message: String! }
  type NotFoundError implements Error { code: String!, message: String! }`

interface VariantRow {
  id: string
  key: string
  status: string
  version: number
  parent: VariantRow | null
}

interface PageRow {
  id: string
  slug: string
  title: string
  status: string
  createdAt: Date
  version: number
  variants: VariantRow[]
}

const pageTree = `p."id", p."slug", p."title", p."status", p."createdAt", p."version", (
    select coalesce(json_agg(json_build_object('id', v."id", 'key', v."key", 'status', v."status", 'version', v."version", 'parent',
      case when d."id" is not null then json_build_object('id', d."id", 'key', d."key") end) order by v."position"), '[]')
    from "PageVariant" v left join "PageVariant" d on d."workspaceId" = v."workspaceId" and d."id" = v."parentVariantId"
    where v."workspaceId" = p."workspaceId" and v."pageId" = p."id" and v."status" <> 'archived') as "variants"`

const listPages = {
  name: 'list',
  text: `select ${pageTree} from "Page" p order by p."updatedAt" desc, p."id" desc limit $1`,
}
const onePage = { name: 'one', text: `select ${pageTree} from "Page" p where p."id" = $1` }
const lockPage = { name: 'lock', text: 'select * from "Page" where "id" = $1 for update' }
const updatePage = {
  name: 'update',
  text: 'update "Page" set "title" = $2, "version" = "version" + 1, "updatedAt" = now() where "id" = $1 returning *',
}
const audit = {
  name: 'audit',
  text: `insert into "AuditEntry" ("workspaceId", "id", "at", "actorType", "actorName", "action", "resourceType", "resourceId", "before", "after")
    values (current_workspace(), $1, now(), 'apiKey', 'bench', 'updatePage', 'Page', $2, $3, $4)`,
}

async function read<Row>(statement: pg.QueryConfig): Promise<Row[]> {
  const client = await pool.connect()
  try {
    const [, answered] = await Promise.all([client.query(enter), client.query(statement), client.query('commit')])
    return answered.rows as Row[]
  } finally {
    client.release()
  }
}

async function changeTitle(id: string, title: string): Promise<PageRow | undefined> {
  const client = await pool.connect()
  try {
    const [, locked] = await Promise.all([client.query(enter), client.query({ ...lockPage, values: [id] })])
    const { rows } = await client.query({ ...updatePage, values: [id, title] })
    const values = [uuidv7(), id, JSON.stringify(locked.rows[0]), JSON.stringify(rows[0])]
    await Promise.all([client.query({ ...audit, values }), client.query('commit')])
    return rows[0]
  } finally {
    client.release()
  }
}

const globalId = (type: string) => (row: { id: string }) => Buffer.from(`${type}:${row.id}`).toString('base64')
const status = (row: { status: string }) => row.status.toUpperCase()
const localId = (id: string) => Buffer.from(id, 'base64').toString().split(':')[1] as string

const app = Fastify()
app.register(mercurius, {
  schema,
  jit: 1,
  context: (request) => {
    if (!mayEnter(request.headers.authorization)) throw new Error('The API key is unknown.')
    return {}
  },
  resolvers: {
    Query: {
      pages: async (_root: unknown, { first }: { first: number }) => {
        const rows = await read<PageRow>({ ...listPages, values: [first + 1] })
        return { nodes: rows.slice(0, first), pageInfo: { hasNextPage: rows.length > first } }
      },
      node: async (_root: unknown, { id }: { id: string }) => {
        const [page] = await read<PageRow>({ ...onePage, values: [localId(id)] })
        return page && { __typename: 'Page', ...page }
      },
    },
    Mutation: {
      updatePage: async (_root: unknown, { id, input }: { id: string; input: { title: string } }) => {
        const data = await changeTitle(localId(id), input.title)
        return data
          ? { __typename: 'UpdatePageSuccess', data }
          : { __typename: 'NotFoundError', code: 'NOT_FOUND', message: `There is no page ${id}.` }
      },
    },
    Page: { id: globalId('Page'), status, createdAt: ({ createdAt }: PageRow) => createdAt.toISOString() },
    PageVariant: { id: globalId('PageVariant'), status },
  } as never,
})
listening(`${await app.listen({ port: 0, host: '127.0.0.1' })}/graphql`)
