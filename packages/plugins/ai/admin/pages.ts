import { listSearch, page } from '@espalier/admin-kit'
import * as v from 'valibot'

export const callsPage = page({
  path: 'generations',
  title: { en: 'Generations', fr: 'Générations' },
  permission: 'ai:read',
  search: listSearch,
  load: () => import('./calls/Calls.tsx'),
})

export const callPage = page({
  path: 'generations/$id',
  title: { en: 'Generation', fr: 'Génération' },
  permission: 'ai:read',
  load: () => import('./calls/Call.tsx'),
})

/** Everybody sees what is spent by day; what was asked of models, and budgets, is for who holds `ai:read`. */
export const costsPage = page({
  path: 'costs',
  title: { en: 'Costs', fr: 'Coûts' },
  search: v.object({
    /** "2026-11", in UTC as budgets count; anything else is the present month. */
    month: v.fallback(v.optional(v.string()), undefined),
    by: v.fallback(v.picklist(['purpose', 'model']), 'purpose'),
  }),
  load: () => import('./costs/Costs.tsx'),
})

export const servicePage = page({
  path: 'model-service',
  title: { en: 'Model service', fr: 'Service de modèles' },
  permission: 'ai:read',
  search: v.object({ tab: v.fallback(v.picklist(['service', 'limits', 'prices']), 'service') }),
  load: () => import('./service/Service.tsx'),
})
