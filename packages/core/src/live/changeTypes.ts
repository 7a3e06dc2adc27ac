import type { Builder } from '../schema/builder.ts'
import { globalIdOf } from '../schema/relay.ts'
import { type Changes, resourcesChanged } from './changes.ts'
import type { Live } from './topic.ts'

/** `changes`: what was saved here, by whomever, for lists and editors that show it. */
export function changeTypes(builder: Builder, live: Live): void {
  const ChangedResource = builder.objectRef<Changes['resources'][number]>('ChangedResource').implement({
    description: 'Something that was made, changed or deleted.',
    authScopes: { member: true },
    fields: (t) => ({
      type: t.string({
        description: 'What kind of thing: "Page", as the audit trail has it.',
        resolve: ([type]) => type,
      }),
      id: t.id({
        nullable: true,
        description: 'Its id, as `node` takes it where it is a node. Null: some of that kind, nobody says which.',
        resolve: ([type, id]) => (id === null ? null : globalIdOf(type, id)),
      }),
    }),
  })

  const ResourceChanges = builder.objectRef<Changes>('ResourceChanges').implement({
    description: 'What was made, changed or deleted in the last moments.',
    authScopes: { member: true },
    fields: (t) => ({
      resources: t.field({
        type: [ChangedResource],
        description: 'Each once. Empty where `everything` may have changed.',
        extensions: { boundedList: 'at most 200, then it is everything' },
        resolve: ({ resources }) => [...resources],
      }),
      everything: t.exposeBoolean('everything', {
        description: 'Nobody can tell one by one: read again whatever is shown.',
      }),
    }),
  })

  builder.subscriptionField('changes', (t) =>
    t.field({
      type: ResourceChanges,
      description:
        'What people, jobs and integrations make, change and delete from now on, of some kinds; at most 4 times a second. It names things and shows nothing of them: those who may read them do so.',
      extensions: { live: { shared: true } },
      authScopes: { member: true },
      args: {
        types: t.arg.stringList({ required: true, description: 'Kinds of things: "Page", "PageVariant".' }),
      },
      subscribe: (_root, { types }, ctx) => changesOf(live, ctx.workspaceId, new Set(types), ctx.request.signal),
      resolve: (changes) => changes as Changes,
    }),
  )
}

/** The changes of these kinds, from now on. */
async function* changesOf(
  live: Live,
  workspaceId: string,
  types: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Changes> {
  for await (const { message, gap } of live.subscribe(workspaceId, resourcesChanged, 'all', signal)) {
    const everything = message.everything || gap > 0
    const resources = message.resources.filter(([type]) => types.has(type))
    if (everything) yield { resources: [], everything }
    else if (resources.length > 0) yield { resources, everything }
  }
}
