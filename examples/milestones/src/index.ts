import { definePlugin, when } from '@espalier/core'
import landingPages from '@espalier/landing-pages'
import tracking, { goalReached } from '@espalier/tracking'
import { milestoneReached } from './events.ts'
import { Milestones } from './milestones.ts'
import { milestoneTypes } from './schema/milestone.ts'
import { settings, words } from './settings.ts'

export { milestoneReached }

/** Tells when a page has brought its first, tenth, hundredth goal. */
export default definePlugin({
  name: 'milestones',
  requires: [tracking, landingPages],
  words,
  permissions: { 'milestones:read': 'See the milestones of pages' },
  settings,
  migrations: new URL('../migrations/', import.meta.url),
  setup: ({ settings }) => new Milestones(settings),
  schema: [milestoneTypes],
  on: [
    when(goalReached, async ({ payload: { pageId, at } }, ctx, milestones: Milestones) => {
      if (pageId) await milestones.count(ctx, pageId, new Date(at))
    }),
  ],
})
