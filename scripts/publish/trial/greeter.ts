import { type Builder, both, checkInput, defineJob, definePlugin, get, type SqlContext, sql } from '@espalier/core'
import { z } from 'zod'

const settings = z.object({ greeting: z.string().default('Hello') })

/** A small plugin of somebody else: a service, a setting, a type, a mutation, a job and a route. */
class Greeter {
  readonly #settings: (context: SqlContext) => Promise<z.infer<typeof settings>>

  constructor(read: (context: SqlContext) => Promise<z.infer<typeof settings>>) {
    this.#settings = read
  }

  async greet(context: SqlContext, input: { name: string }): Promise<{ words: string; members: number }> {
    const { name } = checkInput(z.object({ name: z.string().min(1) }), input)
    const { greeting } = await this.#settings(context)
    const [row] = await context.db.query<{ members: number }>(sql`select count(*)::int as "members" from "Member"`)
    return { words: `${greeting}, ${name}.`, members: row?.members ?? 0 }
  }
}

function greetingTypes(builder: Builder, greeter: Greeter): void {
  builder.queryField('greeting', (t) =>
    t.field({
      type: 'String',
      description: 'A greeting.',
      authScopes: { permission: 'greeter:read' },
      subGraphs: both,
      args: { name: t.arg.string({ required: true, description: 'Who is greeted.' }) },
      resolve: async (_root, { name }, ctx) => (await greeter.greet(ctx, { name })).words,
    }),
  )
}

const greetLater = defineJob({
  name: 'greeter.greet-later',
  input: z.object({ name: z.string() }),
  run: async ({ name }, ctx, greeter: Greeter) => greeter.greet(ctx, { name }),
})

const greetRoute = get<Greeter>(
  '/greeting/:workspace/:name',
  { access: 'anonymous' },
  async (_request, { params, inWorkspace, findWorkspace }, greeter) => {
    const workspace = await findWorkspace(params.workspace ?? '')
    if (!workspace) return new Response('No such workspace.', { status: 404 })
    return Response.json(await greeter.greet(inWorkspace(workspace), { name: params.name ?? '' }))
  },
)

export default definePlugin({
  name: 'greeter',
  permissions: { 'greeter:read': 'Be greeted' },
  settings,
  setup: ({ settings }) => new Greeter(settings),
  schema: [greetingTypes],
  jobs: [greetLater],
  routes: [greetRoute],
})
