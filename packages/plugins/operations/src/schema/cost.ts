import { type Builder, both, deprecated, InvalidInputError } from '@espalier/core'
import type { DayCost } from '../costs/costs.ts'
import type { Operations } from '../operations.ts'

const read = { authScopes: { permission: 'operations:read' }, subGraphs: both } as const

/** `costs`: what models and mail cost, by day. */
export function costTypes(builder: Builder, { costs }: Operations): void {
  const Cost = builder.objectRef<DayCost>('DayCost').implement({
    description: 'What one kind of thing cost on one day.',
    ...read,
    fields: (t) => ({
      day: t.expose('day', { type: 'Date', description: 'The day, in UTC.' }),
      kind: t.exposeString('kind', { description: '"models", "mail", or what plugins add.' }),
      purpose: t.exposeString('purpose', {
        description: 'What it was for, such as "landing-pages.write-variant"; may be empty.',
      }),
      count: t.exposeInt('count', { description: 'Calls, or messages.' }),
      costMicros: t.expose('costMicros', { type: 'SafeInt', description: 'Millionths of a US dollar.' }),
    }),
  })

  const Costs = builder.objectRef<readonly DayCost[]>('Costs').implement({
    description: 'What a span cost.',
    ...read,
    fields: (t) => ({
      totalMicros: t.field({
        type: 'SafeInt',
        description: 'In all, in millionths of a US dollar.',
        resolve: (days) => days.reduce((sum, { costMicros }) => sum + costMicros, 0),
      }),
      days: t.field({
        type: [Cost],
        description: 'By day, kind and purpose; what cost nothing and did nothing is left out.',
        extensions: { boundedList: 'A handful of purposes for each of 366 days at most.' },
        resolve: (days) => [...days],
      }),
    }),
  })

  builder.queryField('costs', (t) =>
    t.field({
      type: Costs,
      description: 'What model calls and mail cost, by day.',
      ...read,
      complexity: 20,
      args: {
        from: t.arg({ type: 'Date', required: true, description: 'First day, in UTC.' }),
        until: t.arg({ type: 'Date', description: 'Last day, included; needed. At most 366 days.' }),
        to: t.arg({
          type: 'Date',
          description: 'The same as until.',
          deprecationReason: deprecated('2026-11-22', 'until'),
        }),
      },
      resolve: (_root, { from, until, to }, ctx) => {
        const last = until ?? to
        if (!last)
          throw InvalidInputError.of('until', 'REQUIRED', {
            en: 'is missing: name the last day',
            fr: 'manque : indiquez le dernier jour',
          })
        return costs.ofDays(ctx, from, last)
      },
    }),
  )
}
