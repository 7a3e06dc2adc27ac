import { listSearch, page } from '@espalier/admin-kit'

export const entriesPage = page({
  path: 'guestbook',
  title: { en: 'Guestbook', fr: 'Livre d’or' },
  permission: 'guestbook:read',
  // What is searched, filtered and sorted by stands in the address, so that it can be sent to somebody.
  search: listSearch,
  load: () => import('./Entries.tsx'),
})
