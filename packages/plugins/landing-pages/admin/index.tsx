import { definePluginAdmin } from '@espalier/admin-kit'
import { FileText, Image, Inbox, Plus } from 'lucide-react'
import * as elsewhere from './elsewhere.ts'
import { improvementAdmin } from './improvement/improvementAdmin.ts'
import { editorPage, imagesPage, newPagePage, pagePage, pagesPage, submissionsPage } from './pages.ts'

/** What the plugin adds to the web app. */
export default definePluginAdmin({
  name: 'landing-pages',
  pages: [pagesPage, newPagePage, pagePage, editorPage, imagesPage, submissionsPage, ...improvementAdmin.pages],
  navigation: [
    {
      page: pagesPage,
      label: { en: 'Landing pages', fr: 'Pages d’atterrissage' },
      icon: FileText,
      section: 'pages',
      order: 10,
      keys: 'g p',
    },
    { page: imagesPage, label: { en: 'Images', fr: 'Images' }, icon: Image, section: 'pages', order: 80 },
    {
      page: submissionsPage,
      label: { en: 'Form submissions', fr: 'Envois de formulaires' },
      icon: Inbox,
      section: 'pages',
      order: 70,
    },
    ...improvementAdmin.navigation,
  ],
  widgets: [
    {
      id: 'landing-pages.pages',
      title: { en: 'Pages by conversions', fr: 'Pages par conversions' },
      size: 'medium',
      order: 30,
      permission: 'tracking:read',
      load: () => import('./dashboard/PagesWidget.tsx'),
    },
    ...improvementAdmin.widgets,
  ],
  decisions: [
    { id: 'landing-pages.rollouts', permission: 'pages:read', load: () => import('./dashboard/PageDecisions.tsx') },
    ...improvementAdmin.decisions,
  ],
  search: { permission: 'pages:read', load: () => import('./dashboard/search.ts') },
  panels: [...improvementAdmin.panels],
  links: Object.values(elsewhere),
  commands: [
    {
      id: 'landing-pages.new',
      label: { en: 'New page', fr: 'Nouvelle page' },
      icon: Plus,
      keys: 'c p',
      permission: 'pages:write',
      run: ({ goTo }) => goTo(newPagePage),
    },
  ],
})
