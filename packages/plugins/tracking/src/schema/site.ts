import { type Builder, both, NotFoundError, prismaList, searchIn, workspaceNode } from '@espalier/core'
import { z } from 'zod'
import { newSiteKey } from '../sites.ts'
import type { Tracking } from '../tracking.ts'

/** What was counted on a site goes with it. */
const metricsTables = [
  'TrackingMinute',
  'TrackingHour',
  'TrackingSixHours',
  'TrackingDay',
  'TrackingRecent',
  'TrackingVisitors',
  'TrackingSixHoursVisitors',
  'TrackingDayVisitors',
  'TrackingRevenue',
  'TrackingTiming',
  'TrackingDayValue',
  'TrackingSession',
]

const siteName = z.string().trim().min(1).max(100)

/** Sites: what their script needs, and making, renaming and deleting them. */
export function siteTypes(builder: Builder, tracking: Tracking): void {
  const read = { authScopes: { permission: 'tracking:read' }, subGraphs: both } as const
  const write = { authScopes: { permission: 'tracking:write' } } as const

  const TrackingSite = workspaceNode(builder, 'TrackingSite', {
    description: 'A website, or a set of pages, whose visitors are counted.',
    ...read,
    fields: (t) => ({
      name: t.exposeString('name', { description: 'What people call it. Unique in the workspace.' }),
      key: t.exposeString('key', {
        description: 'Names the site in what browsers send. Public: with it one can add events, and nothing else.',
      }),
      script: t.string({
        description: 'The tag that counts visitors of a page, to put before </head>.',
        resolve: ({ key }, _args, ctx) => tracking.scriptTag(ctx, { key }),
      }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
      updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last changed.' }),
    }),
  })

  const sites = prismaList(builder, TrackingSite, {
    filter: { search: searchIn('name'), name: 'text', createdAt: 'dateTime' },
    orderBy: ['createdAt', 'name'],
  })

  builder.queryField('trackingSites', (t) => sites.field(t, { description: 'Sites of the workspace.', ...read }))

  const CreateTrackingSiteInput = builder.inputType('CreateTrackingSiteInput', {
    description: 'A site to be.',
    fields: (t) => ({
      name: t.string({ required: true, description: 'What people call it: 1 to 100 characters.', validate: siteName }),
    }),
  })

  builder.mutationField('createTrackingSite', (t) =>
    t.field({
      type: TrackingSite,
      description: 'Makes a site whose visitors can be counted at once.',
      ...write,
      args: { input: t.arg({ type: CreateTrackingSiteInput, required: true, description: 'The site.' }) },
      resolve: async (_root, { input }, ctx) => {
        const site = await ctx.db.prisma.trackingSite.create({
          data: { name: input.name, key: newSiteKey(ctx.random) },
        })
        ctx.audit({ resourceType: 'TrackingSite', resourceId: site.id, after: site })
        return site
      },
    }),
  )

  const UpdateTrackingSiteInput = builder.inputType('UpdateTrackingSiteInput', {
    description: 'What to change about a site.',
    fields: (t) => ({
      id: t.globalID({ for: TrackingSite, required: true, description: 'The site.' }),
      name: t.string({ required: true, description: 'Its new name: 1 to 100 characters.', validate: siteName }),
    }),
  })

  builder.mutationField('updateTrackingSite', (t) =>
    t.field({
      type: TrackingSite,
      description: 'Renames a site. Its key and its numbers stay.',
      ...write,
      args: { input: t.arg({ type: UpdateTrackingSiteInput, required: true, description: 'The change.' }) },
      resolve: async (
        _root,
        {
          input: {
            id: { id },
            name,
          },
        },
        ctx,
      ) => {
        const where = { workspaceId_id: { workspaceId: ctx.workspaceId, id } }
        const before = await ctx.db.prisma.trackingSite.findUnique({ where })
        if (!before) throw new NotFoundError('TrackingSite', id)
        const site = await ctx.db.prisma.trackingSite.update({ where, data: { name } })
        tracking.sites.forget(before)
        ctx.audit({ resourceType: 'TrackingSite', resourceId: id, before, after: site })
        return site
      },
    }),
  )

  builder.mutationField('deleteTrackingSite', (t) =>
    t.field({
      type: TrackingSite,
      description:
        'Deletes a site and its metrics. Its key is refused within half a minute; logged events stay in the log.',
      ...write,
      args: { id: t.arg.globalID({ for: TrackingSite, required: true, description: 'The site.' }) },
      resolve: async (_root, { id: { id } }, ctx) => {
        const where = { workspaceId_id: { workspaceId: ctx.workspaceId, id } }
        const site = await ctx.db.prisma.trackingSite.findUnique({ where })
        if (!site) throw new NotFoundError('TrackingSite', id)
        for (const table of metricsTables)
          await ctx.db.query({ text: `delete from "${table}" where "siteId" = $1`, values: [id] })
        await ctx.db.prisma.trackingSite.delete({ where })
        tracking.sites.forget(site)
        ctx.audit({ resourceType: 'TrackingSite', resourceId: id, before: site })
        return site
      },
    }),
  )
}
