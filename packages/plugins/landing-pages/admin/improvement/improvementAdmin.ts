import type { PluginAdmin } from '@espalier/admin-kit'
import { Sprout } from 'lucide-react'
import { improvementPage, pageImprovementPage } from './pages.ts'

const permission = 'pages:read'

/** What pages that improve themselves add to the web app: small, because it is loaded at the start. */
export const improvementAdmin = {
  pages: [improvementPage, pageImprovementPage],
  navigation: [
    {
      page: improvementPage,
      label: improvementPage.title,
      icon: Sprout,
      section: 'pages',
      order: 80,
      keys: 'g i',
      badge: () => import('./WaitingBadge.tsx'),
    },
  ],
  decisions: [{ id: 'landing-pages.improvement', permission, load: () => import('./ImprovementDecisions.tsx') }],
  panels: [
    {
      on: 'Page',
      id: 'landing-pages.improvement',
      title: { en: 'Improvement', fr: 'Amélioration' },
      order: 40,
      permission,
      load: () => import('./ImprovementPanel.tsx'),
    },
  ],
  widgets: [
    {
      id: 'landing-pages.improvement',
      title: { en: 'What pages did by themselves', fr: 'Ce que les pages ont fait d’elles-mêmes' },
      size: 'medium',
      order: 60,
      permission,
      load: () => import('./ImprovementWidget.tsx'),
    },
  ],
} satisfies Omit<PluginAdmin, 'name'>
