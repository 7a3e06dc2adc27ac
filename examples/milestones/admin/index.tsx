import { definePluginAdmin } from '@espalier/admin-kit'
import { Flag } from 'lucide-react'
import { milestonesPage } from './pages.ts'

/** What milestones add to the web app: a page, the way there, and a part of each page's own page. */
export default definePluginAdmin({
  name: 'milestones',
  pages: [milestonesPage],
  navigation: [{ page: milestonesPage, label: milestonesPage.title, icon: Flag, section: 'pages', order: 80 }],
  panels: [
    {
      on: 'Page',
      id: 'milestones.of-page',
      title: { en: 'Next milestone', fr: 'Prochain jalon' },
      order: 60,
      permission: 'milestones:read',
      load: () => import('./PagePanel.tsx'),
    },
  ],
})
