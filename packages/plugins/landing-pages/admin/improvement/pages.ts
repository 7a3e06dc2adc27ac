import { listSearch, page } from '@espalier/admin-kit'
import * as v from 'valibot'

const permission = 'pages:read'

export const improvementPage = page({
  path: 'improvement',
  title: { en: 'Improvement', fr: 'Amélioration' },
  permission,
  search: listSearch,
  load: () => import('./ImprovementList.tsx'),
})

/** The parts of a page's improvement. */
export const improvementTabs = ['overview', 'story', 'proposals', 'rules'] as const

export const pageImprovementPage = page({
  path: 'improvement/$id',
  title: { en: 'Improvement of a page', fr: 'Amélioration d’une page' },
  permission,
  search: v.object({ tab: v.fallback(v.picklist(improvementTabs), 'overview') }),
  load: () => import('./PageImprovement.tsx'),
})
