import { InvalidInputError } from '../errors.ts'
import type { Builder } from '../schema/builder.ts'
import type { SchemaEnumRef } from '../schema/schemaEnum.ts'
import { plural } from '../told.ts'
import { usageDays } from './forgetOperations.ts'
import { ApiKeyUsage, type Calls, type ErrorCount, type UsageDay, type UsedOperation } from './usage.ts'

const read = { authScopes: { permission: 'api-keys:write' } } as const

/** `ApiKey.usage`: what it asked for, in numbers. */
export function usageTypes(builder: Builder, Schema: SchemaEnumRef): void {
  const Day = builder.objectRef<UsageDay>('ApiUsageDay').implement({
    description: 'What a key asked for on a day.',
    ...read,
    fields: (t) => ({
      day: t.field({ type: 'Date', description: 'The day, of UTC.', resolve: ({ day }) => day }),
      calls: t.field({ type: 'SafeInt', description: 'Operations, refused ones too.', resolve: ({ calls }) => calls }),
      errors: t.field({
        type: 'SafeInt',
        description: 'Of these, those with an error.',
        resolve: ({ errors }) => errors,
      }),
      cost: t.field({ type: 'SafeInt', description: 'What those without one cost.', resolve: ({ cost }) => cost }),
    }),
  })

  const Operation = builder.objectRef<UsedOperation>('ApiUsageOperation').implement({
    description: 'An operation that a key sends again and again: one document.',
    ...read,
    fields: (t) => ({
      schema: t.field({
        type: Schema,
        description: 'The schema that it is sent to.',
        resolve: ({ schema }) => schema as 'admin',
      }),
      name: t.string({
        nullable: true,
        description: 'As its document calls it; null where it has no name.',
        resolve: ({ name }) => name || null,
      }),
      documentHash: t.string({
        nullable: true,
        description: 'SHA-256 of its document, in hex; null: all that were refused before anybody looked at them.',
        resolve: ({ documentHash }) => documentHash || null,
      }),
      calls: t.field({ type: 'SafeInt', description: 'How often.', resolve: ({ calls }) => calls }),
      errors: t.field({ type: 'SafeInt', description: 'How often with an error.', resolve: ({ errors }) => errors }),
      cost: t.field({ type: 'SafeInt', description: 'What it cost in all.', resolve: ({ cost }) => cost }),
      averageMs: t.float({
        nullable: true,
        description: 'Milliseconds that it took on average; null where it never succeeded.',
        resolve: averageMs,
      }),
      lastAt: t.expose('lastAt', { type: 'DateTime', description: 'When it came last.' }),
    }),
  })

  const ErrorOfKey = builder.objectRef<ErrorCount>('ApiUsageError').implement({
    description: 'An error that a key’s operations ended with.',
    ...read,
    fields: (t) => ({
      code: t.exposeString('code', { description: 'Its code.' }),
      times: t.field({ type: 'SafeInt', description: 'How often.', resolve: ({ times }) => times }),
      lastAt: t.expose('lastAt', { type: 'DateTime', description: 'When it was the last.' }),
    }),
  })

  const Usage = builder.objectRef<ApiKeyUsage>('ApiKeyUsage').implement({
    description: 'What a key asked for in the last days.',
    ...read,
    fields: (t) => ({
      byDay: t.field({
        type: [Day],
        description: 'Day by day, the oldest first; days without a call too.',
        extensions: { boundedList: `At most ${usageDays} days.` },
        resolve: (usage) => usage.byDay(),
      }),
      operations: t.field({
        type: [Operation],
        description: 'What it sends, those first that cost most in all.',
        extensions: { boundedList: 'At most 100.' },
        args: { first: t.arg.int({ defaultValue: 10, required: true, description: 'How many, 1 to 100.' }) },
        resolve: (usage, { first }) => usage.operations(Math.min(100, Math.max(1, first))),
      }),
      errors: t.field({
        type: [ErrorOfKey],
        description: 'What went wrong, the most frequent first; as far back as single operations are kept.',
        extensions: { boundedList: 'At most 20.' },
        resolve: (usage) => usage.errors(20),
      }),
    }),
  })

  builder.prismaObjectFields('ApiKey', (t) => ({
    usage: t.field({
      type: Usage,
      description: 'What it asked for in the last days, in numbers.',
      ...read,
      args: {
        days: t.arg.int({
          defaultValue: 30,
          required: true,
          description: `How many days, today (UTC) among them: 1 to ${usageDays}.`,
        }),
      },
      resolve: ({ id }, { days }, ctx) => {
        if (days < 1 || days > usageDays)
          throw InvalidInputError.of('days', 'RANGE', {
            en: `${days} days are not kept. Ask for 1 to ${usageDays}.`,
            fr: `${days} ${plural.fr(days, 'jour n’est pas conservé', 'jours ne sont pas conservés')}. Demandez de 1 à ${usageDays}.`,
          })
        return new ApiKeyUsage(ctx.db, id, ctx.clock.now(), days)
      },
    }),
  }))
}

function averageMs({ calls, errors, durationMs }: Calls): number | null {
  const succeeded = calls - errors
  return succeeded > 0 ? durationMs / succeeded : null
}
