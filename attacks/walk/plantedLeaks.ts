import {
  type Builder,
  both,
  defineJob,
  definePlugin,
  get,
  InvalidInputError,
  type PluginHost,
  post,
  sql,
} from '@espalier/core'
import { z } from 'zod'

/** Opens onto every workspace at once: what each of its doors forgets is a mistake that a plugin could make. */
class Planted {
  readonly #system: PluginHost<[], never>['system']

  constructor(system: PluginHost<[], never>['system']) {
    this.#system = system
  }

  async titles(slug: string): Promise<string[]> {
    const rows = await this.#system.system.query<{ title: string }>(
      sql`select "title" from "Page" where "slug" = ${slug}`,
    )
    return rows.map(({ title }) => title)
  }

  async countPages(): Promise<number> {
    const [row] = await this.#system.system.query<{ count: number }>(sql`select count(*)::int as "count" from "Page"`)
    return row?.count ?? 0
  }

  async rename(id: string): Promise<void> {
    await this.#system.system.query(sql`update "Page" set "title" = 'Mine' where "id" = ${id}`)
  }
}

const renameLater = defineJob({
  name: 'planted.rename-later',
  input: z.object({ pageId: z.uuid() }),
  run: ({ pageId }, _context, service: Planted) => service.rename(pageId),
})

/**
 * A plugin with one mistake of each kind, all of which the walk has to find: `Query.plantedTitle` tells, `Query.plantedTaken` differs,
 * `Query.plantedCount` counts, `Subscription.plantedTitle` tells, `TrackingSite.plantedTitle` tells in a field of a type, `Mutation.plantedRename` changes
 * and leaves a job that takes the neighbor's id along, the job `planted.rename-later` changes,
 * `GET /planted/:slug` tells, `GET /planted-taken/:slug` differs, `GET /planted-asked` and `POST /planted-named` tell by a name that they ask for.
 */
export const planted = definePlugin({
  name: 'planted',
  setup: ({ system }) => new Planted(system),
  schema: [plantedFields],
  jobs: [renameLater],
  routes: [
    get('/planted/:slug', { access: 'pages:read' }, async (_request, { params }, service: Planted) =>
      Response.json(await service.titles(params.slug ?? '')),
    ),
    get('/planted-taken/:slug', { access: 'anonymous' }, async (_request, { params }, service: Planted) =>
      Response.json((await service.titles(params.slug ?? '')).length > 0),
    ),
    get('/planted-asked', { access: 'anonymous' }, async ({ url }, _context, service: Planted) =>
      Response.json(await service.titles(wanted(new URL(url).searchParams.get('pageSlug')))),
    ),
    post('/planted-named', { access: 'anonymous' }, async (request, _context, service: Planted) =>
      Response.json(await service.titles(wanted(((await request.json()) as Record<string, unknown>).pageSlug))),
    ),
  ],
})

function wanted(slug: unknown): string {
  if (typeof slug === 'string') return slug
  throw InvalidInputError.of('pageSlug', 'REQUIRED', { en: 'Which page?', fr: 'Quelle page ?' })
}

function plantedFields(builder: Builder, service: Planted): void {
  const read = { authScopes: { permission: 'pages:read' }, subGraphs: both } as const
  const slug = { slug: { type: 'String', required: true, description: 'Of a page: `pears`.' } } as const
  builder.queryFields((t) => ({
    plantedTitle: t.string({
      ...read,
      description: 'The title of a page.',
      nullable: true,
      args: { slug: t.arg(slug.slug) },
      resolve: async (_root, { slug }) => (await service.titles(slug))[0],
    }),
    plantedTaken: t.boolean({
      ...read,
      description: 'Whether there is such a page.',
      args: { slug: t.arg(slug.slug) },
      resolve: async (_root, { slug }) => (await service.titles(slug)).length > 0,
    }),
    plantedCount: t.int({ ...read, description: 'How many pages there are.', resolve: () => service.countPages() }),
  }))
  builder.prismaObjectField(
    'TrackingSite',
    'plantedTitle',
    (t) =>
      t.field({
        type: 'String',
        ...read,
        description: 'The title of a page.',
        nullable: true,
        args: { slug: t.arg(slug.slug) },
        resolve: async (_site, { slug }) => (await service.titles(slug))[0],
      }) as never,
  )
  builder.subscriptionField('plantedTitle', (t) =>
    t.string({
      ...read,
      description: 'The title of a page, now.',
      nullable: true,
      args: { slug: t.arg(slug.slug) },
      subscribe: async function* (_root: object, { slug }: { slug: string }) {
        yield (await service.titles(slug))[0]
      } as never,
      resolve: (title) => title as string | undefined,
    }),
  )
  builder.mutationField('plantedRename', (t) =>
    t.boolean({
      authScopes: { permission: 'pages:write' },
      subGraphs: both,
      description: 'Renames a page.',
      args: { pageId: t.arg.globalID({ required: true, description: 'Which.' }) },
      resolve: async (_root, { pageId }, ctx) => {
        await service.rename(pageId.id)
        await ctx.enqueue(renameLater, { pageId: pageId.id })
        return true
      },
    }),
  )
}
