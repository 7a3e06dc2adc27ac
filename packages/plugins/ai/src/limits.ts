import type { PluginLimit } from '@espalier/core'
import type { Ai } from './ai.ts'
import type { BudgetState } from './spending.ts'

/** What models may cost, and how much one call may ask for. */
export const aiLimits: readonly PluginLimit<Ai>[] = [
  {
    key: 'ai.monthly-budget',
    title: { en: 'Model budget', fr: 'Budget des modèles' },
    about: {
      en: 'For all purposes together. At 80% people are told; what would pass it is refused before it is asked.',
      fr: 'Pour tous les usages ensemble. À 80 %, on prévient ; ce qui le dépasserait est refusé avant d’être demandé.',
    },
    unit: 'micros',
    per: 'month',
    from: { kind: 'setting', name: 'monthlyBudget' },
    permission: 'ai:read',
    read: async ({ spending }, context) => {
      const [all] = await spending.ofMonth(context, context.clock.now())
      return { most: all?.limitMicros ?? null, used: takenOf(all) }
    },
  },
  {
    key: 'ai.purpose-budgets',
    title: { en: 'Model budget of a purpose', fr: 'Budget d’un usage des modèles' },
    about: { en: 'A part of the whole.', fr: 'Une part du tout.' },
    unit: 'micros',
    per: 'month',
    from: { kind: 'setting', name: 'purposeBudgets' },
    permission: 'ai:read',
    read: async ({ spending }, context) => {
      const budgets = await spending.ofMonth(context, context.clock.now())
      return budgets
        .filter(({ purpose, limitMicros }) => purpose !== '' && limitMicros !== null)
        .map((budget) => ({ of: budget.purpose, most: budget.limitMicros, used: takenOf(budget) }))
    },
  },
  {
    key: 'ai.output-tokens',
    title: { en: 'Longest answer of a model', fr: 'Plus longue réponse d’un modèle' },
    about: { en: 'Where nobody says how long.', fr: 'Quand personne ne dit de quelle longueur.' },
    unit: 'tokens',
    from: { kind: 'setting', name: 'maxOutputTokens' },
    read: async (ai, context) => ({ most: (await ai.settings(context)).maxOutputTokens }),
  },
  {
    key: 'ai.timeout',
    title: { en: 'A model may take', fr: 'Un modèle peut prendre' },
    about: { en: 'Then its answer is given up.', fr: 'Ensuite, on renonce à sa réponse.' },
    unit: 'seconds',
    from: { kind: 'setting', name: 'timeoutSeconds' },
    read: async (ai, context) => ({ most: (await ai.settings(context)).timeoutSeconds }),
  },
  {
    key: 'ai.retention',
    title: { en: 'Questions and answers are kept', fr: 'Questions et réponses sont gardées' },
    about: { en: 'Then they are erased; the figures stay.', fr: 'Ensuite elles sont effacées ; les chiffres restent.' },
    unit: 'days',
    from: { kind: 'setting', name: 'keepDays' },
    read: async (ai, context) => ({ most: (await ai.settings(context)).keepDays }),
  },
]

/** Spent, and set aside for calls that are under way: what the budget counts. */
function takenOf(budget: BudgetState | undefined): number {
  return budget ? budget.spentMicros + budget.reservedMicros : 0
}
