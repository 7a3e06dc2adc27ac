import { listSearch, page } from '@espalier/admin-kit'

export const milestonesPage = page({
  path: 'milestones',
  title: { en: 'Milestones', fr: 'Jalons' },
  permission: 'milestones:read',
  search: listSearch,
  load: () => import('./MilestoneList.tsx'),
})
