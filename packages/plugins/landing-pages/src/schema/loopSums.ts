import { type Builder, type GraphQLContext, sql } from '@espalier/core'
import { goalsOnPage } from '../loop/goals.ts'
import { readPage } from '../loop/loopRows.ts'
import type { PageLoops } from '../loop/loops.ts'

/** Rows of a list are read together; what a mutation has changed is read anew. */
const unremembered = { cache: false }

/** What loops add up to: what waits, what models cost, and what a page could work for. */
export function loopSumTypes(builder: Builder, loops: PageLoops): void {
  builder.prismaObjectFields('Page', (t) => ({
    loopWaiting: t.loadable({
      type: 'Int',
      description: 'How many steps of its loop wait for a person’s yes or no.',
      loaderOptions: unremembered,
      resolve: ({ id }) => id,
      load: (ids: string[], ctx) =>
        sums(
          ctx,
          ids,
          sql`
          select "pageId" as "id", count(*)::int as "sum" from "PageLoopStep"
          where "pageId" = any(${ids}::uuid[]) and "status" = 'waiting' group by 1`,
        ),
    }),
    loopCostMicros: t.loadable({
      type: 'SafeInt',
      description: 'What models have cost that wrote versions of it: millionths of a US dollar.',
      loaderOptions: unremembered,
      resolve: ({ id }) => id,
      load: (ids: string[], ctx) =>
        sums(
          ctx,
          ids,
          sql`
          select "pageId" as "id", sum(("evidence"->>'costMicros')::float8)::float8 as "sum" from "PageLoopStep"
          where "pageId" = any(${ids}::uuid[]) and "kind" = 'candidate' group by 1`,
        ),
    }),
    loopGoals: t.stringList({
      description: 'Goals that its published page leads to, in reading order: what its loop may work for.',
      extensions: { boundedList: 'as many as there are links and forms in a page of at most 200 blocks' },
      complexity: 5,
      resolve: async ({ id }, _args, ctx) => goalsOnPage(await readPage(ctx, id)),
    }),
  }))
  builder.prismaObjectFields('PageLoopRun', (t) => ({
    costMicros: t.loadable({
      type: 'SafeInt',
      description: 'What models have cost in it: millionths of a US dollar.',
      loaderOptions: unremembered,
      resolve: ({ id }) => id,
      load: (ids: string[], ctx) =>
        sums(
          ctx,
          ids,
          sql`
          select "runId" as "id", sum(("evidence"->>'costMicros')::float8)::float8 as "sum" from "PageLoopStep"
          where "runId" = any(${ids}::uuid[]) and "kind" = 'candidate' group by 1`,
        ),
    }),
  }))
  builder.queryField('pageLoopRules', (t) =>
    t.field({
      type: 'JSON',
      description: 'What holds for loops of the workspace, where a page says nothing else.',
      authScopes: { permission: 'pages:read' },
      resolve: (_root, _args, ctx) => loops.rulesOf(ctx, { limits: {} }),
    }),
  )
}

async function sums(context: GraphQLContext, ids: readonly string[], statement: ReturnType<typeof sql>) {
  const rows = await context.db.query<{ id: string; sum: number | null }>(statement)
  const found = new Map(rows.map(({ id, sum }) => [id, sum ?? 0]))
  return ids.map((id) => found.get(id) ?? 0)
}
