import { get, type RouteContext } from '@espalier/core'
import { renderPage } from '../document.ts'
import { pageHeaders, unlisted } from '../pageHeaders.ts'
import type { PageServer } from '../servePage.ts'
import type { Previews } from './previews.ts'

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
  if (!link) return refusal(404, 'There is no such preview', 'Check that the link is complete, or ask for a new one.')
  if (link.expired) return refusal(410, 'This preview has expired', 'Ask whoever sent it to you for a new link.')
  const context = route.inWorkspace(link.workspaceId)
  const draft = await pages.previews.find(context, link.previewId)
  if (!draft) return refusal(404, 'There is nothing left to preview', 'The page, or this version of it, is archived.')
  if (draft.revoked)
    return refusal(410, 'This preview has been called back', 'Ask whoever sent it to you for a new link.')
  const { content, language, address } = draft
  const { beforeTracker, afterTracker } = await renderPage(content, {
    catalog: pages.catalog,
    language,
    address: new URL(address, pages.previews.publicUrl).href,
    images: await pages.published.imagesOf(context, content),
    preview: true,
  })
  return new Response(beforeTracker + afterTracker, { headers: { ...pageHeaders, ...unlisted } })
}

function refusal(status: number, title: string, text: string): Response {
  return new Response(
    `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="robots" content="noindex"><title>${title}</title><h1>${title}</h1><p>${text}</p></html>`,
    { status, headers: { 'content-type': 'text/html; charset=utf-8', ...unlisted } },
  )
}
