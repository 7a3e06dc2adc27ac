import { z } from 'zod'
import { NotFoundError } from '../errors.ts'
import type { Builder } from '../schema/builder.ts'
import { said } from '../schemaWords.ts'
import { deleteView, readViews, type SavedView, saveView, sharedViews, viewsOfAPerson } from './savedViews.ts'

/** `savedViews`, and the mutations that keep them. */
export function savedViewTypes(builder: Builder): void {
  const View = builder.objectRef<SavedView>('SavedView').implement({
    description: 'How a list of the admin is set (search, filters, order, columns), under a name.',
    authScopes: { member: true },
    fields: (t) => ({
      id: t.globalID({
        description: 'Unique among everything in this API.',
        resolve: ({ id }) => ({ type: 'SavedView', id }),
      }),
      list: t.exposeString('list', { description: 'Which list, such as "landing-pages.pages".' }),
      name: t.exposeString('name', { description: 'Its name.' }),
      state: t.field({ type: 'JSON', description: 'As it was saved.', resolve: ({ state }) => state }),
      shared: t.exposeBoolean('shared', { description: 'Whether everybody in the workspace has it.' }),
      mine: t.boolean({
        description: 'Whether whoever asks made it.',
        resolve: ({ ownerId }, _args, ctx) => ctx.user?.id === ownerId,
      }),
      ownerName: t.exposeString('ownerName', {
        nullable: true,
        description: 'Who made it; null once they have left.',
      }),
      updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was last saved.' }),
    }),
  })

  builder.queryField('savedViews', (t) =>
    t.field({
      type: [View],
      description: "One's own and the shared views of a list, by name: one's own first.",
      authScopes: { member: true },
      args: { list: t.arg.string({ required: true, description: 'Which list, such as "landing-pages.pages".' }) },
      extensions: { boundedList: `${viewsOfAPerson} of one’s own and ${sharedViews} shared ones at most` },
      resolve: (_root, { list }, ctx) => readViews(ctx, list),
    }),
  )

  const SaveViewInput = builder.inputType('SaveViewInput', {
    description: 'A view to keep.',
    fields: (t) => ({
      id: t.globalID({ description: 'Of the view to change; without it a new one is made.' }),
      list: t.string({
        required: true,
        description: 'Which list, such as "landing-pages.pages". That of a view that is there stays.',
        validate: z
          .string()
          .max(100)
          .regex(
            /^[a-zA-Z][\w-]*(?:\.[a-zA-Z][\w-]*)*$/,
            said({
              en: 'A list is named by words joined by dots.',
              fr: 'Une liste porte un nom fait de mots joints par des points.',
            }),
          ),
      }),
      name: t.string({ required: true, description: 'Its name.', validate: z.string().trim().min(1).max(80) }),
      state: t.field({ type: 'JSON', required: true, description: 'An object, at most 8 KiB.' }),
      shared: t.boolean({
        required: true,
        description: 'Whether everybody in the workspace has it; takes "settings:write".',
      }),
    }),
  })

  builder.mutationField('saveView', (t) =>
    t.field({
      type: View,
      description: 'Keeps how a list is set, under a name: for oneself, or for everybody.',
      authScopes: { member: true },
      args: { input: t.arg({ type: SaveViewInput, required: true, description: 'The view.' }) },
      resolve: async (_root, { input }, ctx) => {
        const { id, ...view } = input
        const { before, after } = await saveView(ctx, { ...view, ...(id && { id: viewId(id) }) })
        ctx.audit({ resourceType: 'SavedView', resourceId: after.id, before, after })
        return after
      },
    }),
  )

  builder.mutationField('deleteView', (t) =>
    t.field({
      type: View,
      description: 'Deletes a view of one’s own, or a shared one with "settings:write".',
      authScopes: { member: true },
      args: { id: t.arg.globalID({ required: true, description: 'The view.' }) },
      resolve: async (_root, { id }, ctx) => {
        const before = await deleteView(ctx, viewId(id))
        ctx.audit({ resourceType: 'SavedView', resourceId: before.id, before })
        return before
      },
    }),
  )
}

const uuid = z.uuid()

function viewId({ typename, id }: { typename: string; id: string }): string {
  if (typename === 'SavedView' && uuid.safeParse(id).success) return id
  throw new NotFoundError('SavedView', id)
}
