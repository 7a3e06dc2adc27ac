import { whatItAllows } from '../access/permissions.ts'
import { NotFoundError } from '../errors.ts'
import { refuseWithout } from '../schema/authorization.ts'
import type { Builder } from '../schema/builder.ts'
import { told } from '../told.ts'
import type { AnyPlugin } from './definePlugin.ts'
import type { PluginSettings } from './pluginSettings.ts'

const bounded = { boundedList: 'an installation has some dozens of plugins, each with some dozens of parts' }

/** What runs here, and what a workspace may set of it. */
export function pluginTypes(builder: Builder, plugins: readonly AnyPlugin[], settings: PluginSettings): void {
  const PluginPermission = builder.objectRef<{ name: string; description: string }>('PluginPermission').implement({
    description: 'A permission that a plugin declares.',
    authScopes: { member: true },
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Such as "pages:write".' }),
      description: t.exposeString('description', { description: 'What it allows, in words.' }),
    }),
  })

  const Plugin = builder.objectRef<AnyPlugin>('Plugin').implement({
    description: 'A plugin that is switched on.',
    authScopes: { member: true },
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Unique in the installation.' }),
      title: t.string({
        description: 'What it is called, in the language of whoever asks.',
        resolve: ({ name, definition }, _args, ctx) =>
          definition.words ? told(ctx.request.locale, definition.words.title) : name,
      }),
      about: t.string({
        nullable: true,
        description: 'What it is for, in the language of whoever asks. Null where it does not say.',
        resolve: ({ definition }, _args, ctx) =>
          definition.words ? told(ctx.request.locale, definition.words.about) : null,
      }),
      requires: t.stringList({
        description: 'Names of the plugins that it stands on.',
        extensions: bounded,
        resolve: ({ definition }) => (definition.requires ?? []).map(({ name }) => name),
      }),
      permissions: t.field({
        type: [PluginPermission],
        description: 'What it lets a workspace grant.',
        extensions: bounded,
        resolve: ({ definition }) =>
          Object.entries(definition.permissions ?? {}).map(([name, declaration]) => ({
            name,
            description: whatItAllows(declaration),
          })),
      }),
      jobs: t.stringList({
        description: 'Names of its background jobs.',
        extensions: bounded,
        resolve: ({ definition }) => (definition.jobs ?? []).map(({ name }) => name),
      }),
      routes: t.stringList({
        description: 'Its HTTP routes, such as "GET /p/:workspace/:slug".',
        extensions: bounded,
        resolve: ({ definition }) => (definition.routes ?? []).map(({ method, path }) => `${method} ${path}`),
      }),
      settingsSchema: t.field({
        type: 'JSON',
        nullable: true,
        description:
          'JSON Schema of its settings, with titles and descriptions in the language of whoever asks. Null when it has none.',
        resolve: ({ name, definition }, _args, ctx) =>
          definition.settings ? settings.jsonSchema(name, ctx.request.locale) : null,
      }),
      settings: t.field({
        type: 'JSON',
        nullable: true,
        description: 'Its settings in this workspace, with defaults filled in. Null when it has none.',
        authScopes: { permission: 'settings:read' },
        resolve: ({ name, definition }, _args, ctx) => (definition.settings ? settings.read(ctx, name) : null),
      }),
      settingsVersion: t.int({
        nullable: true,
        description:
          'How often its settings were saved in this workspace. Give it back with updatePluginSettings as `expectedVersion`. Null when it has none.',
        authScopes: { permission: 'settings:read' },
        resolve: ({ name, definition }, _args, ctx) => (definition.settings ? settings.version(ctx, name) : null),
      }),
      settingsPermission: t.string({
        nullable: true,
        description: 'What changing its settings takes beside "settings:write". Null where nothing more.',
        resolve: ({ definition }) => definition.settingsPermission ?? null,
      }),
    }),
  })

  builder.queryField('plugins', (t) =>
    t.field({
      type: [Plugin],
      description: 'The plugins that are switched on, in the order in which they start.',
      authScopes: { member: true },
      extensions: bounded,
      resolve: () => [...plugins],
    }),
  )

  builder.mutationField('updatePluginSettings', (t) =>
    t.field({
      type: Plugin,
      description:
        'Changes some settings of a plugin in this workspace; the others stay. Some plugins ask for a permission of their own, too.',
      authScopes: { permission: 'settings:write' },
      args: {
        plugin: t.arg.string({ required: true, description: 'Name of the plugin.' }),
        value: t.arg({ type: 'JSON', required: true, description: 'An object with the settings to change.' }),
        expectedVersion: t.arg.int({
          description:
            'The version that was read and changed. Refused where somebody has saved since; without it the last one wins.',
        }),
      },
      resolve: async (_root, { plugin: name, value, expectedVersion }, ctx) => {
        const plugin = plugins.find((candidate) => candidate.name === name)
        if (!plugin) throw new NotFoundError('plugin', name)
        const { settingsPermission } = plugin.definition
        if (settingsPermission) refuseWithout(ctx, settingsPermission, `Changing the settings of ${name}`)
        await settings.update(ctx, name, value, expectedVersion)
        return plugin
      },
    }),
  )
}
