import { page, rangeSearch } from '@espalier/admin-kit'

export const dashboardPage = page({
  path: '',
  title: { en: 'Dashboard', fr: 'Tableau de bord' },
  search: rangeSearch,
  load: () => import('./Dashboard.tsx'),
})
