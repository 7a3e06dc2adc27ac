import { NotFoundError } from '../errors.ts'
import type { JobQueue } from '../jobs/jobQueue.ts'
import type { Builder } from '../schema/builder.ts'
import type { Access } from './access.ts'
import { deleteWorkspaces } from './deleteWorkspaces.ts'
import { authenticatedOf, personOf } from './whoAsks.ts'
import { deletionsOf, markDeleted, type WorkspaceDeletion } from './workspaceDeletion.ts'

/** `deleteWorkspace`, and how far it is. */
export function workspaceDeletionTypes(builder: Builder, access: Access, jobs: JobQueue): void {
  const Deletion = builder.objectRef<WorkspaceDeletion>('WorkspaceDeletion').implement({
    description: 'A workspace whose owner has deleted it, while its rows go.',
    authScopes: { public: true },
    fields: (t) => ({
      id: t.exposeString('id', { description: 'Its UUID.' }),
      name: t.exposeString('name', { description: 'What it was called.' }),
      since: t.expose('since', {
        type: 'DateTime',
        description: 'When it was deleted: nobody could enter it from then on.',
      }),
      share: t.exposeFloat('share', { description: 'Of its rows, those that are gone: from 0 to 1.' }),
    }),
  })

  builder.queryField('workspaceDeletions', (t) =>
    t.field({
      type: [Deletion],
      description: 'Workspaces that oneself has deleted and whose rows are still going, the latest first.',
      authScopes: { signedIn: true },
      extensions: { boundedList: 'the latest 20; each takes seconds or minutes' },
      resolve: (_root, _args, ctx) => {
        const user = authenticatedOf(ctx)?.user
        // The system door: nobody is a member of such a workspace any more.
        return user ? deletionsOf(access.system, user.id) : []
      },
    }),
  )

  builder.mutationField('deleteWorkspace', (t) =>
    t.field({
      type: Deletion,
      description:
        'Deletes a workspace with everything in it, for ever. Its owner says its name; nobody enters it from then on, and a job deletes its rows.',
      authScopes: { signedIn: true },
      workspace: false,
      extensions: { rateLimit: { points: 20, seconds: 60 } },
      args: {
        id: t.arg.globalID({ required: true, description: 'The workspace, one of `viewer`.' }),
        name: t.arg.string({ required: true, description: 'Its name, typed, so that no slip deletes it.' }),
      },
      resolve: async (_root, { id, name }, ctx) => {
        const user = personOf(ctx)
        const known = authenticatedOf(ctx)?.workspaces.some((workspace) => workspace.id === id.id)
        if (id.typename !== 'Workspace' || !known) throw new NotFoundError('Workspace', id.id)
        const { committed, deletion } = await access.system.transaction(async ({ query }) => {
          const tx = { query, inTransaction: true }
          const deletion = await markDeleted(tx, access.clock, { workspaceId: id.id, name, userId: user.id })
          await jobs.enqueue(null, tx, deleteWorkspaces, {})
          return { committed: tx, deletion }
        })
        jobs.committed(committed)
        return deletion
      },
    }),
  )
}
