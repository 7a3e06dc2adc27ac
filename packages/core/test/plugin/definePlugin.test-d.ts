import { z } from 'zod'
import { type Builder, defineJob, definePlugin, get } from '../../src/index.ts'

/** What must compile, and what must not: checked by the compiler, never run. */

class Tracking {
  count(): number {
    return 0
  }
}

const tracking = definePlugin({ name: 'tracking', setup: () => new Tracking() })
const asynchronous = definePlugin({ name: 'asynchronous', setup: async () => ({ ready: true }) })
const bare = definePlugin({ name: 'bare' })

definePlugin({
  name: 'typed',
  requires: [tracking, asynchronous, bare],
  settings: z.object({ limit: z.number().default(5) }),
  setup: async ({ use, settings, workspace }) => {
    const count: number = use(tracking).count()
    const ready: boolean = use(asynchronous).ready
    const limit: number = (await settings(workspace(''))).limit
    // @ts-expect-error a service has only what it has
    use(tracking).missing()
    // @ts-expect-error settings have only what the schema has
    await settings(workspace('')).missing
    return { count, ready, limit }
  },
  start: (service) => {
    const count: number = service.count
    // @ts-expect-error the service is what setup returned
    service.missing
    return void count
  },
})

definePlugin({
  name: 'undeclared',
  requires: [asynchronous],
  setup: ({ use }) => {
    // @ts-expect-error a plugin that is not required may not be used
    use(tracking)
  },
})

definePlugin({
  name: 'optional',
  requires: [asynchronous],
  optional: [tracking],
  setup: ({ find, use }) => {
    const count: number | undefined = find(tracking)?.count()
    // @ts-expect-error it may not be there
    find(tracking).count()
    // @ts-expect-error what is optional is found, not used
    use(tracking)
    // @ts-expect-error only what is optional may be looked for
    find(bare)
    return count
  },
})

definePlugin({
  name: 'none-required',
  setup: ({ use }) => {
    // @ts-expect-error nothing is required, so nothing may be used
    use(tracking)
  },
})

// @ts-expect-error plugins are required as values, not by name
definePlugin({ name: 'by-name', requires: ['tracking'] })

// @ts-expect-error a permission is of the form noun:verb
definePlugin({ name: 'permission', permissions: { everything: 'All of it' } })

definePlugin({ name: 'personal', permissions: { 'guests:read': { allows: 'See guests', personal: true } } })
// @ts-expect-error one that is not personal is told in words alone
definePlugin({ name: 'impersonal', permissions: { 'guests:read': { allows: 'See guests', personal: false } } })

const forTracking = (_builder: Builder, _tracking: Tracking) => {}
definePlugin({ name: 'own-types', setup: () => new Tracking(), schema: [forTracking] })
// @ts-expect-error these types want another service than this plugin's
definePlugin({ name: 'foreign-types', setup: () => ({ other: true }), schema: [forTracking] })

const countJob = defineJob({
  name: 'tracking.count',
  input: z.object({ siteId: z.string() }),
  run: async ({ siteId }, _ctx, service: Tracking) => {
    const id: string = siteId
    return [id, service.count()]
  },
})
definePlugin({ name: 'own-jobs', setup: () => new Tracking(), jobs: [countJob] })
// @ts-expect-error this job wants another service than this plugin's
definePlugin({ name: 'foreign-jobs', setup: () => ({ other: true }), jobs: [countJob] })

const route = get(
  '/count',
  { access: 'anonymous' },
  (_request, _context, service: Tracking) => new Response(`${service.count()}`),
)
definePlugin({ name: 'own-routes', setup: () => new Tracking(), routes: [route] })
// @ts-expect-error this route wants another service than this plugin's
definePlugin({ name: 'foreign-routes', setup: () => ({ other: true }), routes: [route] })

defineJob({
  name: 'tracking.typo',
  input: z.object({ siteId: z.string() }),
  // @ts-expect-error the input has only what its schema has
  run: async ({ sideId }) => sideId,
})
