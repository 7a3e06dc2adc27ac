import { listSearch, page } from '@espalier/admin-kit'

export const jobsPage = page({
  path: 'jobs',
  title: { en: 'Jobs', fr: 'Tâches' },
  permission: 'jobs:read',
  search: listSearch,
  load: () => import('./jobs/Jobs.tsx'),
})

export const jobPage = page({
  path: 'jobs/$id',
  title: { en: 'Job', fr: 'Tâche' },
  permission: 'jobs:read',
  load: () => import('./jobs/Job.tsx'),
})

export const auditPage = page({
  path: 'audit',
  title: { en: 'Audit trail', fr: 'Journal d’audit' },
  permission: 'audit:read',
  search: listSearch,
  load: () => import('./audit/Audit.tsx'),
})

export const healthPage = page({
  path: 'health',
  title: { en: 'Health', fr: 'Santé' },
  permission: 'system:read',
  load: () => import('./health/Health.tsx'),
})
