import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import {
  both,
  ConflictError,
  defineEvent,
  defineJob,
  definePlugin,
  defineSystemJob,
  defineTopic,
  follow,
  type Live,
  type PluginHost,
  post,
  sql,
  type WorkspaceContext,
  when,
} from '../../src/index.ts'

export const orchardTables = `
  create table "Tree" (
    "workspaceId" uuid not null default current_workspace(), "id" uuid not null, "kind" text not null,
    "plantedAt" timestamptz not null, "wateredAt" timestamptz, primary key ("workspaceId", "id"));
  select protect_workspace_rows('"Tree"')`

export const treePlanted = defineEvent({
  name: 'orchard.tree-planted',
  payload: z.object({ kind: z.string() }),
  key: () => 'trees',
})
const treesChanged = defineTopic<null>({ name: 'orchard.trees', coalesce: () => null, afterGap: () => null })

const settings = z.object({ rows: z.number().int().max(10).default(3) })

/** Trees that are planted, watered and looked at. */
class Orchard {
  readonly live: Live
  readonly workspace: PluginHost['workspace']
  readonly settings: PluginHost<readonly [], typeof settings>['settings']
  /** What jobs did, in their order. */
  readonly diary: string[] = []
  /** The next watering throws it. */
  drought: Error | undefined

  constructor({ live, workspace, settings: read }: PluginHost<readonly [], typeof settings>) {
    this.live = live
    this.workspace = workspace
    this.settings = read
  }

  async plant(context: WorkspaceContext, kind: string): Promise<string> {
    if (kind === 'weed') throw new ConflictError({ en: 'Weeds come by themselves.', fr: 'Le chiendent vient seul.' })
    if (kind === 'axe') throw new TypeError('An axe is no tree')
    const id = randomUUID()
    await context.sqlTransaction(async (tx) => {
      await tx.db.query(sql`insert into "Tree" ("id", "kind", "plantedAt") values (${id}, ${kind}, ${tx.clock.now()})`)
      await tx.publish(treePlanted, { kind })
      await tx.enqueue(water, { id }, { startAfter: new Date(tx.clock.now().getTime() + 3_600_000) })
      tx.announce(treesChanged, 'all', null)
      // As plugins do with what must not hold up the answer: nobody waits for it.
      tx.afterCommit(() => void this.workspace(tx.workspaceId).enqueue(note, { text: `note ${kind}` }))
    })
    return id
  }
}

const note = defineJob({
  name: 'orchard.note',
  input: z.object({ text: z.string() }),
  run: async ({ text }, _context, { diary }: Orchard) => void diary.push(text),
})

const water = defineJob({
  name: 'orchard.water',
  input: z.object({ id: z.string() }),
  retry: { limit: 2, delaySeconds: 60 },
  run: async ({ id }, context, orchard: Orchard) => {
    if (orchard.drought) throw orchard.drought
    const rows = await context.db.query(
      sql`update "Tree" set "wateredAt" = ${context.clock.now()} where "id" = ${id} returning 1`,
    )
    orchard.diary.push(`water ${context.clock.now().toISOString()}`)
    return { watered: rows.length }
  },
})

const inspect = defineJob({
  name: 'orchard.inspect',
  input: z.object({}),
  schedule: { cron: '0 6 * * *', timeZone: 'Europe/Paris' },
  run: async (_input, { clock }, { diary }: Orchard) => void diary.push(`inspect ${clock.now().toISOString()}`),
})

const census = defineSystemJob({
  name: 'orchard.census',
  input: z.object({}),
  schedule: { cron: '*/10 * * * *' },
  run: async (_input, _context, { diary }: Orchard) => void diary.push('census'),
})

/** Enqueues itself, for ever. */
export const echo = defineJob({
  name: 'orchard.echo',
  input: z.object({}),
  run: async (_input, context) => void (await context.enqueue(echo, {})),
})

export const orchard = definePlugin({
  name: 'orchard',
  permissions: { 'orchard:read': 'See trees', 'orchard:write': 'Plant trees' },
  settings,
  setup: (host) => new Orchard(host),
  jobs: [note, water, inspect, census, echo],
  routes: [
    post<Orchard>(
      '/orchard/:workspace',
      { access: 'anonymous' },
      async (_request, { params, findWorkspace, inWorkspace }, service) => {
        const id = await findWorkspace(params.workspace as string)
        if (!id) return new Response('no orchard', { status: 404 })
        return Response.json({ id: await service.plant(inWorkspace(id), 'pear') }, { status: 201 })
      },
    ),
  ],
  schema: [
    (builder, service) => {
      const read = { authScopes: { permission: 'orchard:read' }, subGraphs: both } as const
      builder.queryField('treeCount', (t) =>
        t.field({
          type: 'SafeInt',
          description: 'How many trees there are.',
          ...read,
          args: { kind: t.arg.string({ description: 'Of this kind.' }) },
          resolve: async (_root, { kind }, ctx) => countTrees(ctx, kind),
        }),
      )
      builder.queryField('treeRows', (t) =>
        t.field({
          type: 'SafeInt',
          description: 'Rows that trees stand in.',
          ...read,
          resolve: async (_root, _args, ctx) => (await service.settings(ctx)).rows,
        }),
      )
      builder.mutationField('plantTree', (t) =>
        t.field({
          type: 'String',
          description: 'Plants a tree.',
          authScopes: { permission: 'orchard:write' },
          args: { kind: t.arg.string({ required: true, description: 'Such as pear.' }) },
          resolve: (_root, { kind }, ctx) => service.plant(ctx, kind),
        }),
      )
      builder.subscriptionField('trees', (t) =>
        t.field({
          type: 'SafeInt',
          description: 'How many trees there are, now and whenever that changes.',
          ...read,
          subscribe: (_root, _args, ctx) =>
            follow(service.live, ctx.workspaceId, treesChanged, 'all', ctx.request.signal) as AsyncIterable<null>,
          resolve: (_tick, _args, ctx) => countTrees(ctx, null),
        }),
      )
    },
  ],
})

async function countTrees(ctx: WorkspaceContext, kind: string | null | undefined): Promise<number> {
  const [row] = await ctx.db.query<{ count: number }>(
    sql`select count(*)::int as "count" from "Tree" where ${kind ?? null}::text is null or "kind" = ${kind ?? null}`,
  )
  return row?.count ?? 0
}

/** Hears of trees. */
class Cellar {
  closed = false
  readonly diary: string[]

  constructor(diary: string[]) {
    this.diary = diary
  }
}

/** Requires {@link orchard}. */
export const cellar = definePlugin({
  name: 'cellar',
  requires: [orchard],
  setup: ({ use }) => new Cellar(use(orchard).diary),
  on: [
    when(treePlanted, async ({ payload }, _context, { diary }: Cellar) => void diary.push(`cellar ${payload.kind}`)),
    when(
      treePlanted,
      async ({ payload }, _context, { closed, diary }: Cellar) => {
        if (closed) throw new Error('The cellar is closed')
        diary.push(`shelf ${payload.kind}`)
      },
      { name: 'in-order', ordered: true },
    ),
  ],
})
