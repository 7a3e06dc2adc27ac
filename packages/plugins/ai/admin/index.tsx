import { definePluginAdmin } from '@espalier/admin-kit'
import { Bot, BrainCircuit, CircleDollarSign } from 'lucide-react'
import * as elsewhere from './elsewhere.ts'
import { callPage, callsPage, costsPage, servicePage } from './pages.ts'

/** What model calls add to the web app: the ledger, what is spent, budgets, the service that is asked. */
export default definePluginAdmin({
  name: 'ai',
  pages: [callsPage, callPage, costsPage, servicePage],
  navigation: [
    {
      page: callsPage,
      label: { en: 'Generations', fr: 'Générations' },
      icon: BrainCircuit,
      section: 'content',
      order: 60,
      keys: 'g g',
    },
    {
      page: costsPage,
      label: { en: 'Costs', fr: 'Coûts' },
      icon: CircleDollarSign,
      section: 'content',
      order: 70,
      keys: 'g c',
    },
  ],
  widgets: [
    {
      id: 'ai.spend',
      title: { en: 'Spend', fr: 'Dépenses' },
      size: 'wide',
      order: 70,
      permission: 'ai:read',
      load: () => import('./dashboard/SpendWidget.tsx'),
    },
  ],
  decisions: [{ id: 'ai.decisions', permission: 'ai:read', load: () => import('./dashboard/Decisions.tsx') }],
  links: Object.values(elsewhere),
  commands: [
    {
      id: 'ai.service',
      label: { en: 'Model service: key, model, limits', fr: 'Service de modèles : clé, modèle, limites' },
      icon: Bot,
      permission: 'ai:read',
      run: ({ goTo }) => goTo(servicePage),
    },
  ],
})
