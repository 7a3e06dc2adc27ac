import { type Builder, both, follow, InvalidInputError } from '@espalier/core'
import type { Ai } from '../ai.ts'
import { callsChanged } from '../events.ts'
import type { BudgetState, DaySpending, ModelSpending } from '../spending.ts'

const read = { authScopes: { permission: 'ai:read' }, subGraphs: both } as const

/** `aiSpending`, `aiSpentMicros`. */
export function spendingTypes(builder: Builder, { spending, live }: Ai): void {
  const AiDaySpending = builder.objectRef<DaySpending>('AiDaySpending').implement({
    description: 'What calls of one purpose cost on one day.',
    ...read,
    fields: (t) => ({
      day: t.field({ type: 'Date', description: 'The day, UTC.', resolve: ({ day }) => day }),
      purpose: t.exposeString('purpose', { description: 'What they were for.' }),
      calls: t.exposeInt('calls', { description: 'Calls, those that memory answered among them.' }),
      cacheHits: t.exposeInt('cacheHits', { description: 'Those that memory answered.' }),
      inputTokens: t.field({ type: 'SafeInt', description: 'Tokens in.', resolve: ({ inputTokens }) => inputTokens }),
      outputTokens: t.field({
        type: 'SafeInt',
        description: 'Tokens out.',
        resolve: ({ outputTokens }) => outputTokens,
      }),
      costMicros: t.field({
        type: 'SafeInt',
        description: 'Millionths of a US dollar, with what is set aside for calls that are under way.',
        resolve: ({ costMicros }) => costMicros,
      }),
    }),
  })

  const AiModelSpending = builder.objectRef<ModelSpending>('AiModelSpending').implement({
    description: 'What calls of one model cost on one day.',
    ...read,
    fields: (t) => ({
      day: t.field({ type: 'Date', description: 'The day, UTC.', resolve: ({ day }) => day }),
      model: t.exposeString('model', { description: 'The model that was asked.' }),
      calls: t.exposeInt('calls', { description: 'Calls, those that memory answered among them.' }),
      inputTokens: t.field({ type: 'SafeInt', description: 'Tokens in.', resolve: ({ inputTokens }) => inputTokens }),
      outputTokens: t.field({
        type: 'SafeInt',
        description: 'Tokens out.',
        resolve: ({ outputTokens }) => outputTokens,
      }),
      costMicros: t.field({
        type: 'SafeInt',
        description: 'Millionths of a US dollar, with what is set aside for calls that are under way.',
        resolve: ({ costMicros }) => costMicros,
      }),
    }),
  })

  const AiBudget = builder.objectRef<BudgetState>('AiBudget').implement({
    description: 'Where a budget stands in a month.',
    ...read,
    fields: (t) => ({
      purpose: t.exposeString('purpose', { description: 'What it is for; empty for all purposes together.' }),
      limitMicros: t.field({
        type: 'SafeInt',
        nullable: true,
        description: 'Millionths of a US dollar a month. Null: without a limit.',
        resolve: ({ limitMicros }) => limitMicros,
      }),
      spentMicros: t.field({
        type: 'SafeInt',
        description: 'Millionths of a US dollar that are spent.',
        resolve: ({ spentMicros }) => spentMicros,
      }),
      reservedMicros: t.field({
        type: 'SafeInt',
        description: 'What is set aside for calls that are under way.',
        resolve: ({ reservedMicros }) => reservedMicros,
      }),
      calls: t.exposeInt('calls', { description: 'Calls that were sent.' }),
      warnedAt: t.expose('warnedAt', { type: 'DateTime', nullable: true, description: 'When 80 % of it were spent.' }),
      stoppedAt: t.expose('stoppedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it was spent, or first did not suffice.',
      }),
    }),
  })

  const AiSpending = builder.objectRef<{ month: Date }>('AiSpending').implement({
    description: 'What models cost in a month.',
    ...read,
    fields: (t) => ({
      month: t.field({
        type: 'Date',
        description: 'Its first day, UTC.',
        resolve: ({ month }) => month.toISOString().slice(0, 10),
      }),
      budgets: t.field({
        type: [AiBudget],
        description: 'All purposes together first, then each that has calls or a budget.',
        extensions: { boundedList: 'purposes are named by the plugins, some dozens at most' },
        complexity: 5,
        resolve: ({ month }, _args, ctx) => spending.ofMonth(ctx, month),
      }),
      days: t.field({
        type: [AiDaySpending],
        description: 'By day, then by purpose; days without calls are left out.',
        extensions: { boundedList: 'a month has at most 31 days, and some dozens of purposes' },
        complexity: 20,
        resolve: ({ month }, _args, ctx) => spending.byDay(ctx, month, monthAfter(month)),
      }),
      models: t.field({
        type: [AiModelSpending],
        description: 'By day, then by model; days without calls are left out.',
        extensions: { boundedList: 'a month has at most 31 days, and a workspace asks some dozens of models at most' },
        complexity: 20,
        resolve: ({ month }, _args, ctx) => spending.byModel(ctx, month, monthAfter(month)),
      }),
    }),
  })

  builder.queryField('aiSpending', (t) =>
    t.field({
      type: AiSpending,
      description: 'What models cost in a month.',
      ...read,
      args: { month: t.arg.string({ description: 'Such as "2026-11". Default: this month, UTC.' }) },
      resolve: (_root, { month }, ctx) => ({ month: firstDay(month ?? ctx.clock.now().toISOString().slice(0, 7)) }),
    }),
  )

  builder.subscriptionField('aiSpentMicros', (t) =>
    t.field({
      type: 'SafeInt',
      description: 'What is spent this month, millionths of a US dollar: at once, and again whenever that changes.',
      extensions: { live: { shared: true } },
      ...read,
      subscribe: (_root, _args, ctx) => follow(live, ctx.workspaceId, callsChanged, 'all', ctx.request.signal),
      resolve: async (_tick, _args, ctx) => (await spending.ofMonth(ctx, ctx.clock.now()))[0]?.spentMicros ?? 0,
    }),
  )
}

function monthAfter(month: Date): Date {
  return new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1))
}

function firstDay(month: string): Date {
  if (!/^20\d\d-(0[1-9]|1[0-2])$/.test(month))
    throw InvalidInputError.of('month', 'INVALID_MONTH', {
      en: `"${month}" is no month. Write it as "2026-11".`,
      fr: `« ${month} » n’est pas un mois. Écrivez-le « 2026-11 ».`,
    })
  return new Date(`${month}-01T00:00:00Z`)
}
