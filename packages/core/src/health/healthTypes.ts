import type { Builder } from '../schema/builder.ts'
import { told } from '../told.ts'
import type { HealthFigure, HealthReading } from './reading.ts'
import type { Health, SystemHealth } from './systemHealth.ts'

const read = { permission: 'system:read' } as const

/** `systemHealth`: how the installation is, for those who look after it. */
export function healthTypes(builder: Builder, health: SystemHealth, version: string): void {
  const State = builder.enumType('HealthState', {
    description: 'Whether something does what it is there for.',
    values: {
      OK: { value: 'ok', description: 'It does.' },
      DEGRADED: { value: 'degraded', description: 'It does, but somebody should look at it.' },
      DOWN: { value: 'down', description: 'It does not.' },
    } as const,
  })

  const Unit = builder.enumType('HealthUnit', {
    description: 'What a number counts.',
    values: {
      COUNT: { value: 'count', description: 'Things.' },
      BYTES: { value: 'bytes', description: 'Bytes.' },
      MILLISECONDS: { value: 'milliseconds', description: 'Thousandths of a second.' },
      SECONDS: { value: 'seconds', description: 'Seconds.' },
      PER_MINUTE: { value: 'perMinute', description: 'Things a minute.' },
    } as const,
  })

  const Figure = builder.objectRef<HealthFigure>('HealthFigure').implement({
    description: 'A number that says how a part is.',
    authScopes: read,
    fields: (t) => ({
      label: t.string({
        description: 'What it is, in the language of whoever asks.',
        resolve: ({ label }, _args, ctx) => told(ctx.request.locale, label),
      }),
      value: t.exposeFloat('value', { description: 'How much.' }),
      unit: t.expose('unit', { type: Unit, description: 'Of what.' }),
    }),
  })

  const Part = builder.objectRef<HealthReading>('HealthPart').implement({
    description: 'How a part of the installation is.',
    authScopes: read,
    fields: (t) => ({
      key: t.exposeString('key', { description: 'Stable and unique: "database".' }),
      title: t.string({
        description: 'Its name, in the language of whoever asks.',
        resolve: ({ title }, _args, ctx) => told(ctx.request.locale, title),
      }),
      state: t.expose('state', { type: State, description: 'Whether it does what it is there for.' }),
      sentence: t.string({
        description: 'What that means and what to do, in the language of whoever asks.',
        resolve: ({ sentence }, _args, ctx) => told(ctx.request.locale, sentence),
      }),
      figures: t.field({
        type: [Figure],
        description: 'Numbers that say so.',
        extensions: { boundedList: 'a handful for each part' },
        resolve: ({ figures }) => [...figures],
      }),
    }),
  })

  const Overall = builder.objectRef<Health>('SystemHealth').implement({
    description: 'How the installation is, as the process sees it that answers.',
    authScopes: read,
    fields: (t) => ({
      state: t.expose('state', { type: State, description: 'That of its worst part.' }),
      version: t.string({ description: 'Which version of Espalier runs.', resolve: () => version }),
      startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When this process was started.' }),
      at: t.expose('at', { type: 'DateTime', description: 'When it was looked at.' }),
      parts: t.field({
        type: [Part],
        description: 'Its parts: the kernel’s, then the plugins’.',
        extensions: { boundedList: 'the kernel has five, a plugin one or two' },
        resolve: ({ parts }) => [...parts],
      }),
    }),
  })

  builder.queryField('systemHealth', (t) =>
    t.field({
      type: Overall,
      description: 'How the installation is: its database, jobs, what serves, and what plugins add.',
      authScopes: read,
      complexity: 20,
      resolve: () => health.read(),
    }),
  )
}
