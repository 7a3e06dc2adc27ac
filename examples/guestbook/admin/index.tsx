import { definePluginAdmin } from '@espalier/admin-kit'
import { BookOpen } from 'lucide-react'
import { entriesPage } from './pages.ts'

/** What the guestbook adds to the web app: a page, its way there, and a number on the dashboard. */
export default definePluginAdmin({
  name: 'guestbook',
  pages: [entriesPage],
  navigation: [{ page: entriesPage, label: entriesPage.title, icon: BookOpen, section: 'reach', keys: 'g b' }],
  widgets: [
    {
      id: 'guestbook.shown',
      title: { en: 'Guestbook', fr: 'Livre d’or' },
      size: 'small',
      permission: 'guestbook:read',
      load: () => import('./ShownWidget.tsx'),
    },
  ],
})
