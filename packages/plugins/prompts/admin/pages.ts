import { listSearch, page } from '@espalier/admin-kit'
import * as v from 'valibot'

const optional = v.fallback(v.optional(v.string()), undefined)

export const promptsPage = page({
  path: 'prompts',
  title: { en: 'Prompts', fr: 'Prompts' },
  permission: 'prompts:read',
  search: listSearch,
  load: () => import('./registry/Prompts.tsx'),
})

export const newPromptPage = page({
  path: 'prompts/new',
  title: { en: 'New prompt', fr: 'Nouveau prompt' },
  permission: 'prompts:write',
  load: () => import('./registry/NewPrompt.tsx'),
})

export const promptTabs = ['versions', 'try', 'tests', 'cases', 'evolution', 'executions'] as const
export type PromptTab = (typeof promptTabs)[number]

export const promptPage = page({
  path: 'prompts/$name',
  title: { en: 'Prompt', fr: 'Prompt' },
  permission: 'prompts:read',
  search: v.object({
    ...listSearch.entries,
    tab: v.fallback(v.picklist(promptTabs), 'versions'),
    language: v.fallback(v.picklist(['EN', 'FR']), 'EN'),
    /** Number of the version that is looked at; the active one unless told. */
    version: v.fallback(v.optional(v.number()), undefined),
    /** What it is compared with. */
    against: v.fallback(v.optional(v.number()), undefined),
    /** Plain id of the version that a model was asked for. */
    asked: optional,
  }),
  load: () => import('./prompt/Prompt.tsx'),
})

export const writeVersionPage = page({
  path: 'prompts/$name/write',
  title: { en: 'New version', fr: 'Nouvelle version' },
  permission: 'prompts:write',
  search: v.object({
    language: v.fallback(v.picklist(['EN', 'FR']), 'EN'),
    /** Number of the version that it begins with. */
    from: v.fallback(v.optional(v.number()), undefined),
  }),
  load: () => import('./versions/WriteVersion.tsx'),
})

export const evolutionPage = page({
  path: 'prompts/$name/evolutions/$id',
  title: { en: 'Evolution of a prompt', fr: 'Évolution d’un prompt' },
  permission: 'prompts:read',
  search: v.object({ candidate: optional }),
  load: () => import('./evolution/Evolution.tsx'),
})

export const executionsPage = page({
  path: 'prompt-executions',
  title: { en: 'Executions of prompts', fr: 'Exécutions de prompts' },
  permission: 'prompts:read',
  search: listSearch,
  load: () => import('./executions/Executions.tsx'),
})

export const executionPage = page({
  path: 'prompt-executions/$id',
  title: { en: 'Execution of a prompt', fr: 'Exécution d’un prompt' },
  permission: 'prompts:read',
  load: () => import('./executions/Execution.tsx'),
})

export const feedbackPage = page({
  path: 'feedback',
  title: { en: 'Predictions and outcomes', fr: 'Prédictions et suites' },
  permission: 'feedback:read',
  search: listSearch,
  load: () => import('./feedback/Feedback.tsx'),
})
