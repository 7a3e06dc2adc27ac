import { definePlugin } from '@espalier/core'
import { Guestbook } from './guestbook.ts'
import { screenEntry } from './jobs.ts'
import { signRoute } from './routes.ts'
import { entryTypes } from './schema/entry.ts'
import { settings } from './settings.ts'

export { entryShown } from './events.ts'

/** A guestbook: visitors sign it, entries full of links are held back until somebody approves them. */
export default definePlugin({
  name: 'guestbook',
  permissions: {
    'guestbook:read': 'See entries, also those that are held back',
    'guestbook:write': 'Approve entries',
  },
  settings,
  setup: ({ settings, live }) => new Guestbook(settings, live),
  schema: [entryTypes],
  jobs: [screenEntry],
  routes: [signRoute],
})
