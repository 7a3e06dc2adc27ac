/** The kernel with a plugin of one subscription, on PostgreSQL, signed in by session: all that the product does for a watcher. */
import { type Builder, definePlugin, defineTopic, type Live } from '@espalier/core'
import { serveKernel } from '../../packages/core/src/plugin/serveKernel.ts'
import { createPerson, sessionCookie } from '../../packages/core/src/testing/people.ts'
import { openWorkbench } from '../workbench.ts'
import { takeOrders } from './served.ts'
import { nextUpdate, type Update, type Variant } from './update.ts'

const people = 50
const pageChanged = defineTopic<Update>({ name: 'fan-out.page' })

const plugin = definePlugin({ name: 'fan-out', setup: ({ live }) => live, schema: [pageMetrics] })
const workbench = await openWorkbench([plugin])
const { kernel } = workbench
const workspace = await workbench.addWorkspace()
const server = serveKernel(kernel)
const url = await server.listen(0, '127.0.0.1')
takeOrders({
  url: `${url.replace('http', 'ws')}/graphql`,
  cookies: await Promise.all(Array.from({ length: people }, viewer)),
  publish: () => kernel.live.publish(workspace.id, pageChanged, 'page', nextUpdate()),
  subscribers: () => server.subscriptions.subscribers,
  close: async () => workbench[Symbol.asyncDispose](),
})

async function viewer(): Promise<string> {
  const id = await createPerson(kernel)
  await kernel.access.addMember(workspace.id, id, 'viewer')
  return sessionCookie(kernel, id)
}

function pageMetrics(builder: Builder, live: Live): void {
  const VariantMetrics = builder.objectRef<Variant>('VariantMetrics').implement({
    description: 'The numbers of a variant.',
    authScopes: { member: true },
    fields: (t) => ({
      id: t.exposeString('id', { description: 'Its id.' }),
      name: t.exposeString('name', { description: 'Its name.' }),
      visitors: t.exposeInt('visitors', { description: 'How many saw it.' }),
      conversions: t.exposeInt('conversions', { description: 'How many did what it is for.' }),
      chanceToWin: t.exposeFloat('chanceToWin', { description: 'From 0 to 1.' }),
    }),
  })
  const PageMetrics = builder.objectRef<Update>('PageMetrics').implement({
    description: 'The numbers of a page.',
    authScopes: { member: true },
    fields: (t) => ({
      at: t.exposeFloat('at', { description: 'When they were published.' }),
      variants: t.field({
        type: [VariantMetrics],
        description: 'Its variants.',
        extensions: { boundedList: 'eight' },
        resolve: ({ variants }) => [...variants],
      }),
    }),
  })
  builder.subscriptionField('pageMetrics', (t) =>
    t.field({
      type: PageMetrics,
      description: 'The numbers of the page, as they change.',
      extensions: { live: { shared: true } },
      authScopes: { member: true },
      subscribe: (_root, _args, ctx) => live.subscribe(ctx.workspaceId, pageChanged, 'page', ctx.request.signal),
      resolve: (message) => (message as { message: Update }).message,
    }),
  )
}
