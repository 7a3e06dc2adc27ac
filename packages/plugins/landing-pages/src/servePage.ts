import { get, type RouteContext } from '@espalier/core'
import type { Experiments } from '@espalier/experiments'
import type { Tracking } from '@espalier/tracking'
import type { PublishedPage, PublishedPages } from './publishedPages.ts'

/** What serving a page leans on. */
export interface PageServer {
  readonly published: PublishedPages
  readonly tracking: Tracking
  readonly experiments: Experiments
}

/** The site in tracking under which the visits of all pages of a workspace are counted. */
export const siteName = 'Landing pages'

/** Pages are what strangers come for: far more of them share an address than would call an API. */
const limit = { points: 1200, seconds: 60 }

export const pageRoute = get<PageServer>('/p/:workspace/:slug', { access: 'anonymous', limit }, servePage)

async function servePage(
  request: Request,
  route: RouteContext,
  { published, tracking, experiments }: PageServer,
): Promise<Response> {
  const { workspace: workspaceSlug = '', slug = '' } = route.params
  const workspaceId = await route.findWorkspace(workspaceSlug)
  if (!workspaceId) return notFound()
  const context = route.inWorkspace(workspaceId)
  const page = await published.find(context, workspaceSlug, slug)
  if (!page) return notFound()

  const visitor = await tracking.visitorOf(request, context, route)
  const assignment =
    page.experimentId && !visitor.isBot
      ? await experiments.assign(context, page.experimentId, visitor.visitorId)
      : undefined
  const { beforeTracker, afterTracker } = documentOf(page, assignment?.variantKey)

  const headers = new Headers(pageHeaders)
  if (visitor.setCookie) headers.append('set-cookie', visitor.setCookie)
  if (!visitor.counted) return new Response(beforeTracker + afterTracker, { headers })
  const site = await tracking.sites.ensure(context, siteName)
  const tags = await tracking.trackerTags(site, {
    workspaceId,
    siteId: site.id,
    pageId: page.id,
    visitorId: visitor.visitorId,
    experiments: assignment?.running ? { [assignment.experimentId]: assignment.variantId } : {},
  })
  return new Response(beforeTracker + tags + afterTracker, { headers })
}

function documentOf(page: PublishedPage, variantKey: string | undefined) {
  const variant = page.variants.find(({ key }) => key === variantKey) ?? page.variants[0]
  if (!variant) throw new Error(`Page ${page.id} was published without a variant.`)
  return variant.document
}

const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  // Each visitor gets a variant of their own: nothing in between may keep it.
  'cache-control': 'private, no-cache',
  vary: 'cookie',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src 'self' https: data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'",
}

function notFound(): Response {
  return new Response(
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Page not found</title><h1>Page not found</h1><p>There is no page at this address, or no longer.</p></html>',
    { status: 404, headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' } },
  )
}
