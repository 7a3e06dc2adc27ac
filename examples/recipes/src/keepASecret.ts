import { type Builder, definePlugin, InvalidInputError, type Secrets } from '@espalier/core'

/** Keeps the token of somebody else's API for a workspace: sealed at rest, never answered, never logged. */
export default definePlugin({
  name: 'crm',
  // Neither `read` nor `write`: for admins and owners.
  permissions: { 'crm:connect': 'Enter the token of the CRM' },
  // A plugin sees its own secrets, and no other's.
  setup: ({ secrets }) => secrets,
  schema: [tokenTypes],
})

const name = 'token'

function tokenTypes(builder: Builder, secrets: Secrets): void {
  builder.mutationField('setCrmToken', (t) =>
    t.field({
      type: 'DateTime',
      description: 'Keeps the token that the CRM gave out. It is never told again.',
      authScopes: { permission: 'crm:connect' },
      args: { token: t.arg.string({ required: true, description: 'The token. Example: `crm_…`.' }) },
      resolve: async (_root, { token }, ctx) => {
        if (!token.startsWith('crm_'))
          throw InvalidInputError.of('token', 'NOT_A_TOKEN', {
            en: 'A token of the CRM begins with "crm_". Copy it from Settings → API there.',
            fr: 'Un jeton du CRM commence par « crm_ ». Copiez-le depuis Réglages → API là-bas.',
          })
        await secrets.put(ctx, name, token)
        // What is recorded says that it was set, not what it is.
        ctx.audit({ resourceType: 'CrmToken', resourceId: name, after: { set: true } })
        return ctx.clock.now()
      },
    }),
  )

  builder.queryField('crmTokenSetAt', (t) =>
    t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the token was entered. Null: there is none.',
      authScopes: { permission: 'crm:connect' },
      resolve: async (_root, _args, ctx) => (await secrets.list(ctx)).find((secret) => secret.name === name)?.updatedAt,
    }),
  )
}

/** The header to call the CRM with; call it where the request is made, and keep it nowhere. */
export async function authorization(secrets: Secrets, ctx: Parameters<Secrets['get']>[0]): Promise<string | undefined> {
  const token = await secrets.get(ctx, name)
  return token && `Bearer ${token}`
}
