import type { Builder } from '../schema/builder.ts'
import { filterBy } from '../schema/lists/filters.ts'
import { prismaList } from '../schema/lists/prismaList.ts'
import { type Row, workspaceNode } from '../schema/nodes.ts'
import { told } from '../told.ts'
import type { Access } from './access.ts'
import { limitApiKey, revokeApiKey } from './apiKeys.ts'
import type { DeclaredPermission } from './permissions.ts'
import type { RoleRef } from './roleTypes.ts'

/** `apiKeys` and `permissions`, and the mutations that make and revoke keys. */
export function apiKeyTypes(builder: Builder, access: Access, Role: RoleRef): void {
  const Status = builder.enumType('ApiKeyStatus', {
    description: 'Whether a key still opens anything.',
    values: {
      ACTIVE: { value: 'active', description: 'It works.' },
      EXPIRED: { value: 'expired', description: 'Its time has passed.' },
      REVOKED: { value: 'revoked', description: 'It was ended.' },
    } as const,
  })

  const ApiKey = workspaceNode(builder, 'ApiKey', {
    description: 'A key of an integration. What is kept of it is a hash, so it cannot be shown again.',
    authScopes: { permission: 'api-keys:write' },
    fields: (t) => ({
      name: t.string({ description: 'What it is for.', resolve: ({ name }) => name ?? '' }),
      start: t.string({
        description: 'Its first characters, to recognize it by.',
        resolve: ({ start }) => start ?? '',
      }),
      scopes: t.stringList({
        description: 'What it may do, such as "pages:read".',
        resolve: ({ permissions }) => [...access.permissions.scopesFromColumn(permissions)],
      }),
      status: t.field({
        type: Status,
        description: 'Whether it still opens anything.',
        resolve: (key, _args, ctx) => statusOf(key, ctx.clock.now()),
      }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
      documentsOnly: t.exposeBoolean('documentsOnly', {
        description: 'Whether it runs trusted documents of the workspace and nothing else.',
      }),
      expiresAt: t.expose('expiresAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it ends by itself; null for never.',
      }),
      lastUsedAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When it was last used, to the minute; null for never.',
        resolve: ({ lastRequest }) => lastRequest,
      }),
    }),
  })

  const apiKeys = prismaList(builder, ApiKey, {
    filter: {
      name: 'text',
      createdAt: 'dateTime',
      expiresAt: 'dateTime',
      active: filterBy('Boolean', 'Whether it still opens anything.', (active, ctx) => {
        const working = { enabled: true, OR: [{ expiresAt: null }, { expiresAt: { gt: ctx.clock.now() } }] }
        return active ? working : { NOT: working }
      }),
    },
    orderBy: ['createdAt', 'name', 'expiresAt', 'lastRequest'],
  })
  builder.queryField('apiKeys', (t) =>
    apiKeys.field(t, { description: 'API keys of the workspace.', authScopes: { permission: 'api-keys:write' } }),
  )

  builder.queryField('apiKey', (t) =>
    t.prismaField({
      type: ApiKey,
      nullable: true,
      description: 'An API key by its id.',
      authScopes: { permission: 'api-keys:write' },
      args: { id: t.arg.globalID({ for: ApiKey, required: true, description: 'The key.' }) },
      resolve: (query, _root, { id }, ctx) => ctx.db.prisma.apiKey.findFirst({ ...query, where: { id: id.id } }),
    }),
  )

  const Permission = builder.objectRef<DeclaredPermission>('Permission').implement({
    description: 'Something that a role or the scopes of an API key allow.',
    authScopes: { public: true },
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Its name, as scopes spell it.' }),
      description: t.string({
        description: 'What it allows, in the language of whoever asks.',
        resolve: ({ description, french }, _args, ctx) => told(ctx.request.locale, { en: description, fr: french }),
      }),
      leastRole: t.field({
        type: Role,
        description: 'The least role that holds it.',
        resolve: ({ leastRole }) => leastRole,
      }),
      plugin: t.exposeString('plugin', { description: 'The plugin that declares it.' }),
    }),
  })
  builder.queryField('permissions', (t) =>
    t.field({
      type: [Permission],
      description: 'Every permission of this installation.',
      extensions: { boundedList: 'Plugins declare them in code.' },
      authScopes: { member: true },
      resolve: () => [...access.permissions.declared.values()],
    }),
  )

  const IssuedApiKey = builder.objectRef<{ key: string; apiKey: Row<'ApiKey'> }>('IssuedApiKey').implement({
    description: 'A new key.',
    authScopes: { public: true },
    fields: (t) => ({
      key: t.exposeString('key', { description: 'The key itself. It is shown this once: keep it where it is safe.' }),
      apiKey: t.field({ type: ApiKey, description: 'What is kept of it.', resolve: ({ apiKey }) => apiKey }),
    }),
  })

  const CreateApiKeyInput = builder.inputType('CreateApiKeyInput', {
    description: 'A new API key.',
    fields: (t) => ({
      name: t.string({ required: true, description: 'What it is for, 1 to 100 characters.' }),
      scopes: t.stringList({
        required: true,
        description: 'What it may do; no more than one may oneself. See `permissions`.',
      }),
      expiresAt: t.field({ type: 'DateTime', description: 'When it ends by itself. Default: never.' }),
      documentsOnly: t.boolean({
        description: 'Whether it runs trusted documents of the workspace and nothing else. Default: false.',
      }),
    }),
  })

  builder.mutationField('createApiKey', (t) =>
    t.field({
      type: IssuedApiKey,
      description: 'Makes an API key of this workspace.',
      authScopes: { permission: 'api-keys:write' },
      args: { input: t.arg({ type: CreateApiKeyInput, required: true, description: 'The key.' }) },
      resolve: async (_root, { input: { name, scopes, expiresAt, documentsOnly } }, ctx) => {
        const { id, key, start } = await access.issueApiKey(ctx, {
          name,
          scopes,
          ...(expiresAt && { expiresAt }),
          documentsOnly: documentsOnly ?? false,
        })
        ctx.audit({
          resourceType: 'ApiKey',
          resourceId: id,
          after: { name, start, scopes, expiresAt, ...(documentsOnly && { documentsOnly }) },
        })
        return { key, apiKey: await ctx.db.prisma.apiKey.findFirstOrThrow({ where: { id } }) }
      },
    }),
  )

  builder.mutationField('limitApiKey', (t) =>
    t.field({
      type: ApiKey,
      description:
        'Holds a key to the trusted documents of the workspace, or lets it run any document again; within seconds everywhere.',
      authScopes: { permission: 'api-keys:write' },
      args: {
        id: t.arg.globalID({ for: ApiKey, required: true, description: 'The key.' }),
        documentsOnly: t.arg.boolean({ required: true, description: 'Whether it runs trusted documents only.' }),
      },
      resolve: async (_root, { id, documentsOnly }, ctx) => {
        const { key, before } = await limitApiKey(ctx.db, ctx.clock, id.id, documentsOnly)
        ctx.afterCommit(() => access.forgetApiKey(key))
        ctx.audit({
          resourceType: 'ApiKey',
          resourceId: id.id,
          before: { documentsOnly: before },
          after: { documentsOnly },
        })
        return ctx.db.prisma.apiKey.findFirstOrThrow({ where: { id: id.id } })
      },
    }),
  )

  builder.mutationField('revokeApiKey', (t) =>
    t.field({
      type: ApiKey,
      description: 'Ends a key for good, within five seconds everywhere.',
      authScopes: { permission: 'api-keys:write' },
      args: { id: t.arg.globalID({ for: ApiKey, required: true, description: 'The key.' }) },
      resolve: async (_root, { id }, ctx) => {
        const revoked = await revokeApiKey(ctx.db, ctx.clock, id.id)
        access.forgetApiKey(revoked.key)
        ctx.audit({
          resourceType: 'ApiKey',
          resourceId: revoked.id,
          before: { name: revoked.name, status: 'active' },
          after: { name: revoked.name, status: 'revoked' },
        })
        return ctx.db.prisma.apiKey.findFirstOrThrow({ where: { id: revoked.id } })
      },
    }),
  )
}

function statusOf(key: { enabled: boolean; expiresAt: Date | null }, now: Date): 'active' | 'expired' | 'revoked' {
  if (!key.enabled) return 'revoked'
  return key.expiresAt && key.expiresAt <= now ? 'expired' : 'active'
}
