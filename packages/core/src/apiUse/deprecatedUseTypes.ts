import type { Builder } from '../schema/builder.ts'
import { globalIdOf } from '../schema/relay.ts'
import type { SchemaEnumRef } from '../schema/schemaEnum.ts'
import { type DeprecatedUse, deprecatedUses } from './usage.ts'

const read = { authScopes: { permission: 'api-keys:write' } } as const

/** `deprecatedUses`, of the workspace and of a key: what has to change before it goes. */
export function deprecatedUseTypes(builder: Builder, Schema: SchemaEnumRef): void {
  const Use = builder.objectRef<DeprecatedUse>('DeprecatedUse').implement({
    description: 'Something deprecated that a key still asks for.',
    ...read,
    fields: (t) => ({
      coordinate: t.exposeString('coordinate', {
        description:
          'A field, an argument, a field of an input or a value: "Query.oldPages", "Query.pages(old:)", "Status.OLD".',
      }),
      schema: t.field({
        type: Schema,
        description: 'The schema that it was asked for in.',
        resolve: ({ schema }) => schema as 'admin',
      }),
      apiKeyId: t.id({ description: 'The key that asks.', resolve: ({ apiKeyId }) => globalIdOf('ApiKey', apiKeyId) }),
      apiKeyName: t.string({ description: 'What the key is for.', resolve: ({ apiKeyName }) => apiKeyName ?? '' }),
      uses: t.exposeInt('uses', { description: 'Operations that asked for it.' }),
      firstAt: t.expose('firstAt', { type: 'DateTime', description: 'When it was asked for first.' }),
      lastAt: t.expose('lastAt', { type: 'DateTime', description: 'When it was asked for last.' }),
      operationName: t.exposeString('operationName', {
        nullable: true,
        description: 'The last operation that did, as its document calls it.',
      }),
      documentHash: t.exposeString('documentHash', { description: 'SHA-256 of that operation’s document, in hex.' }),
    }),
  })
  const boundedList = 'At most 1,000, the latest: deprecated things are few.'

  builder.queryField('deprecatedUses', (t) =>
    t.field({
      type: [Use],
      description: 'What keys of the workspace still ask for that is deprecated, the latest first.',
      extensions: { boundedList },
      ...read,
      resolve: (_root, _args, ctx) => deprecatedUses(ctx.db, undefined),
    }),
  )
  builder.prismaObjectFields('ApiKey', (t) => ({
    deprecatedUses: t.field({
      type: [Use],
      description: 'What it still asks for that is deprecated, the latest first.',
      extensions: { boundedList },
      ...read,
      resolve: ({ id }, _args, ctx) => deprecatedUses(ctx.db, id),
    }),
  }))
}
