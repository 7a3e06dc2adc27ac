import { may } from '../access/principal.ts'
import type { Builder } from '../schema/builder.ts'
import { told } from '../told.ts'
import type { LimitOrigin, ReadLimit } from './limit.ts'
import type { Limits } from './limits.ts'

const read = { permission: 'settings:read' } as const

/** `limits`: what a workspace may do at most, and how near it is. */
export function limitTypes(builder: Builder, limits: Limits): void {
  const Unit = builder.enumType('LimitUnit', {
    description: 'What a limit counts.',
    values: {
      COUNT: { value: 'count', description: 'Things.' },
      BYTES: { value: 'bytes', description: 'Bytes.' },
      SECONDS: { value: 'seconds', description: 'Seconds.' },
      DAYS: { value: 'days', description: 'Days.' },
      TOKENS: { value: 'tokens', description: 'Tokens of a model.' },
      MICROS: { value: 'micros', description: 'Millionths of a US dollar.' },
    } as const,
  })

  const Period = builder.enumType('LimitPeriod', {
    description: 'In what time a limit counts.',
    values: {
      SECOND: { value: 'second', description: 'A second.' },
      MINUTE: { value: 'minute', description: 'A minute.' },
      DAY: { value: 'day', description: '24 hours.' },
      MONTH: { value: 'month', description: 'A month of the calendar, UTC.' },
    } as const,
  })

  const Origin = builder.enumType('LimitOrigin', {
    description: 'Who says how much it is.',
    values: {
      SETTING: { value: 'setting', description: 'A setting of the plugin: change it with updatePluginSettings.' },
      ENVIRONMENT: { value: 'environment', description: 'A variable of the server’s environment, for all workspaces.' },
      SERVICE: { value: 'service', description: 'A service outside, such as the provider of mail.' },
      FIXED: { value: 'fixed', description: 'It is the same in every installation.' },
    } as const,
  })

  const Limit = builder.objectRef<ReadLimit>('Limit').implement({
    description: 'Something that a workspace may have or do only so much of.',
    authScopes: read,
    fields: (t) => ({
      key: t.exposeString('key', { description: 'Stable; several of a kind share it and differ in `of`.' }),
      plugin: t.exposeString('plugin', { description: 'Whose it is: the name of a plugin, or "core".' }),
      title: t.string({
        description: 'Its name, in the language of whoever asks.',
        resolve: ({ title }, _args, ctx) => told(ctx.request.locale, title),
      }),
      about: t.string({
        description: 'What happens at the limit, and of whom it is, in the language of whoever asks.',
        resolve: ({ about }, _args, ctx) => told(ctx.request.locale, about),
      }),
      of: t.string({
        nullable: true,
        description: 'Which of several: the purpose of a budget. Null where there is one.',
        resolve: ({ reading }) => reading?.of ?? null,
      }),
      known: t.boolean({
        description: 'Whether it could be read. Where not, what `most` and `used` say means nothing.',
        resolve: ({ reading }) => reading !== null,
      }),
      most: t.float({
        nullable: true,
        description: 'How much at most. Null: without a limit.',
        resolve: ({ reading }) => reading?.most ?? null,
      }),
      used: t.float({
        nullable: true,
        description: 'How much of it is taken now. Null where nobody counts.',
        resolve: ({ reading }) => reading?.used ?? null,
      }),
      unit: t.expose('unit', { type: Unit, description: 'What is counted.' }),
      per: t.field({
        type: Period,
        nullable: true,
        description: 'In what time. Null for what holds at any time.',
        resolve: ({ per }) => per ?? null,
      }),
      origin: t.field({ type: Origin, description: 'Who says how much.', resolve: ({ from }) => from.kind }),
      originName: t.string({
        nullable: true,
        description: 'Name of the setting or of the variable. Null for the others.',
        resolve: ({ from }) => nameOf(from),
      }),
    }),
  })

  builder.queryField('limits', (t) =>
    t.field({
      type: [Limit],
      description:
        'What this workspace may do at most, how near it is, and where that is changed: the kernel’s, then the plugins’. What takes a permission of its own to see is left out without it.',
      authScopes: read,
      complexity: 30,
      extensions: { boundedList: 'a plugin has a handful' },
      resolve: (_root, _args, ctx) => limits.read(ctx, (permission) => may(ctx.principal, permission)),
    }),
  )
}

function nameOf(from: LimitOrigin): string | null {
  return from.kind === 'setting' || from.kind === 'environment' ? from.name : null
}
