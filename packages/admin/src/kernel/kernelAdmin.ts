import { definePluginAdmin } from '@espalier/admin-kit'
import { Activity, Cog, LayoutDashboard, ScrollText } from 'lucide-react'
import { dashboardPage } from '../dashboard/pages.ts'
import { auditPage, healthPage, jobPage, jobsPage } from './pages.ts'

/** What the app has without any plugin: the dashboard, settings, and the pages of the kernel itself. */
export const kernelAdmin = definePluginAdmin({
  name: 'core',
  pages: [dashboardPage, jobsPage, jobPage, auditPage, healthPage],
  navigation: [
    {
      page: dashboardPage,
      label: dashboardPage.title,
      icon: LayoutDashboard,
      section: 'overview',
      order: 1,
      keys: 'g d',
    },
    { page: jobsPage, label: jobsPage.title, icon: Cog, section: 'operations', order: 20, keys: 'g j' },
    { page: auditPage, label: auditPage.title, icon: ScrollText, section: 'operations', order: 30 },
    { page: healthPage, label: healthPage.title, icon: Activity, section: 'operations', order: 40 },
  ],
  decisions: [{ id: 'core.failed-jobs', permission: 'jobs:read', load: () => import('./jobs/FailedJobDecisions.tsx') }],
})
