import { definePluginAdmin } from '@espalier/admin-kit'
import { ListTree, MessageSquarePlus, MessageSquareText, Telescope } from 'lucide-react'
import * as elsewhere from './elsewhere.ts'
import {
  evolutionPage,
  executionPage,
  executionsPage,
  feedbackPage,
  newPromptPage,
  promptPage,
  promptsPage,
  writeVersionPage,
} from './pages.ts'

/** What prompts add to the web app: the registry, versions, tests, cases, evolution, executions. */
export default definePluginAdmin({
  name: 'prompts',
  pages: [
    promptsPage,
    newPromptPage,
    promptPage,
    writeVersionPage,
    evolutionPage,
    executionsPage,
    executionPage,
    feedbackPage,
  ],
  navigation: [
    {
      page: promptsPage,
      label: { en: 'Prompts', fr: 'Prompts' },
      icon: MessageSquareText,
      section: 'content',
      order: 50,
      keys: 'g t',
    },
  ],
  decisions: [
    { id: 'prompts.decisions', permission: 'prompts:write', load: () => import('./dashboard/Decisions.tsx') },
  ],
  panels: [
    {
      on: 'AiCall',
      id: 'prompts.executions-of-call',
      title: { en: 'Executions of prompts', fr: 'Exécutions de prompts' },
      permission: 'prompts:read',
      load: () => import('./executions/OfCall.tsx'),
    },
  ],
  links: Object.values(elsewhere),
  commands: [
    {
      id: 'prompts.new',
      label: { en: 'New prompt', fr: 'Nouveau prompt' },
      icon: MessageSquarePlus,
      permission: 'prompts:write',
      run: ({ goTo }) => goTo(newPromptPage),
    },
    {
      id: 'prompts.executions',
      label: { en: 'Executions of prompts', fr: 'Exécutions de prompts' },
      icon: ListTree,
      permission: 'prompts:read',
      run: ({ goTo }) => goTo(executionsPage),
    },
    {
      id: 'prompts.feedback',
      label: { en: 'Predictions and outcomes', fr: 'Prédictions et suites' },
      icon: Telescope,
      permission: 'feedback:read',
      run: ({ goTo }) => goTo(feedbackPage),
    },
  ],
  search: { permission: 'prompts:read', load: () => import('./search.ts') },
})
