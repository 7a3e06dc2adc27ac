import { get, type RouteContext } from '@espalier/core'
import type { PageServer } from '../servePage.ts'
import type { Previews } from './previews.ts'
import { nothingToShow, showUnpublished } from './unpublishedPage.ts'

const limit = { points: 120, seconds: 60 }

export const previewRoute = get<PageServer & { readonly previews: Previews }>(
  '/preview/:token',
  { access: 'anonymous', limit },
  showPreview,
)

/** A draft: nothing is tracked, forms send nothing, and search engines are told to stay away. */
async function showPreview(
  _request: Request,
  route: RouteContext,
  pages: PageServer & { readonly previews: Previews },
): Promise<Response> {
  const link = pages.previews.read(route.params.token ?? '', route.clock.now())
  if (!link)
    return nothingToShow(404, 'There is no such preview', 'Check that the link is complete, or ask for a new one.')
  if (link.expired) return nothingToShow(410, 'This preview has expired', 'Ask whoever sent it to you for a new link.')
  const context = route.inWorkspace(link.workspaceId)
  const draft = await pages.previews.find(context, link.previewId)
  if (!draft)
    return nothingToShow(404, 'There is nothing left to preview', 'The page, or this version of it, is archived.')
  if (draft.revoked)
    return nothingToShow(410, 'This preview has been called back', 'Ask whoever sent it to you for a new link.')
  return showUnpublished(context, draft, pages, pages.previews.publicUrl)
}
