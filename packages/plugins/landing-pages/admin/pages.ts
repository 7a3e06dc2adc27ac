import { listSearch, page } from '@espalier/admin-kit'
import * as v from 'valibot'

const read = 'pages:read'

export const pagesPage = page({
  path: 'pages',
  title: { en: 'Landing pages', fr: 'Pages d’atterrissage' },
  permission: read,
  search: listSearch,
  load: () => import('./list/PagesList.tsx'),
})

export const newPagePage = page({
  path: 'pages/new',
  title: { en: 'New page', fr: 'Nouvelle page' },
  permission: 'pages:write',
  search: v.object({ starter: v.fallback(v.optional(v.string()), undefined) }),
  load: () => import('./list/NewPage.tsx'),
})

export const pagePage = page({
  path: 'pages/$id',
  title: { en: 'Page', fr: 'Page' },
  permission: read,
  search: v.object({
    days: v.fallback(v.picklist(['7', '28', '90']), '28'),
  }),
  load: () => import('./overview/PageOverview.tsx'),
})

export const editorPage = page({
  path: 'pages/$id/edit',
  title: { en: 'Page editor', fr: 'Éditeur de page' },
  permission: 'pages:write',
  search: v.object({
    /** Key of the variant; the first one where it says nothing. */
    variant: v.fallback(v.optional(v.string()), undefined),
    /** Id of the block that is selected. */
    block: v.fallback(v.optional(v.string()), undefined),
    panel: v.fallback(v.optional(v.picklist(['history', 'quality', 'preview', 'publish'])), undefined),
  }),
  load: () => import('./editor/EditorPage.tsx'),
})

export const imagesPage = page({
  path: 'images',
  title: { en: 'Images', fr: 'Images' },
  permission: read,
  search: listSearch,
  load: () => import('./images/ImagesList.tsx'),
})

export const submissionsPage = page({
  path: 'submissions',
  title: { en: 'Form submissions', fr: 'Envois de formulaires' },
  permission: 'submissions:read',
  search: v.object({ ...listSearch.entries, open: v.fallback(v.optional(v.string()), undefined) }),
  load: () => import('./submissions/SubmissionsList.tsx'),
})
