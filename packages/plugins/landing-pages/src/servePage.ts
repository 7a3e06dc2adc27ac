import { get, type RouteContext, type SqlContext } from '@espalier/core'
import type { Assignment, Experiments } from '@espalier/experiments'
import type { Tracking } from '@espalier/tracking'
import { v4 as uuidv4 } from 'uuid'
import type { Catalog } from './blocks/catalog.ts'
import { withFormToken } from './document.ts'
import type { FormToken } from './forms/formToken.ts'
import type { Submissions } from './forms/submissions.ts'
import type { PublishedPage, PublishedPages, PublishedVariant } from './publishedPages.ts'
import { rolledOutTo, type ServedRollout } from './rollout/servedRollout.ts'
import type { TokenSigner } from './signedToken.ts'

/** What serving a page leans on. */
export interface PageServer {
  readonly catalog: Catalog
  readonly published: PublishedPages
  readonly tracking: Tracking
  readonly experiments: Experiments
  readonly submissions: Submissions
  readonly formTokens: TokenSigner<FormToken>
}

/** The site in tracking under which the visits of all pages of a workspace are counted. */
export const siteName = 'Landing pages'

/** Pages are what strangers come for: far more of them share an address than would call an API. */
const limit = { points: 1200, seconds: 60 }

export const pageRoute = get<PageServer>('/p/:workspace/:slug', { access: 'anonymous', limit }, servePage)

async function servePage(request: Request, route: RouteContext, pages: PageServer): Promise<Response> {
  const { workspace: workspaceSlug = '', slug = '' } = route.params
  const workspaceId = await route.findWorkspace(workspaceSlug)
  if (!workspaceId) return notFound()
  const context = route.inWorkspace(workspaceId)
  const page = await pages.published.find(context, workspaceSlug, slug)
  if (!page) return notFound()

  const { visitor, variant, experiments } = await beginVisit(request, route, context, page, pages)
  const { beforeTracker, afterTracker, hasForms } = variant.document
  const headers = new Headers(pageHeaders)
  if (visitor.setCookie) headers.append('set-cookie', visitor.setCookie)
  const visitorId = visitor.counted ? visitor.visitorId : null
  const rest = hasForms
    ? withFormToken(
        afterTracker,
        pages.formTokens.sign(formTokenOf(context, page, { variantKey: variant.key, visitorId, experiments })),
      )
    : afterTracker
  if (!visitor.counted) return new Response(beforeTracker + rest, { headers })
  const site = await pages.tracking.sites.ensure(context, siteName)
  const tags = await pages.tracking.trackerTags(site, {
    workspaceId,
    siteId: site.id,
    pageId: page.id,
    visitorId: visitor.visitorId,
    experiments,
  })
  return new Response(beforeTracker + tags + rest, { headers })
}

/** Who asks, and which variant they get: the experiment's, else the rollout's, else the first. */
export async function beginVisit(
  request: Request,
  route: RouteContext,
  context: SqlContext,
  page: PublishedPage,
  { tracking, experiments }: Pick<PageServer, 'tracking' | 'experiments'>,
) {
  const visitor = await tracking.visitorOf(request, context, route)
  const picked = page.experimentId ? await experiments.assign(context, page.experimentId, visitor.visitorId) : undefined
  // Whoever is not counted (crawlers, people who ask not to be tracked) has no lasting id by which they could keep a
  // variant, so they see what is settled for everyone: a winner, a rollout that is over, else the first variant.
  const settledOnly = !visitor.counted
  const assignment = settledOnly && picked?.running ? undefined : picked
  const rollout = picked || (settledOnly && page.rollout?.running) ? undefined : page.rollout
  const variant = variantOf(page, assignment?.variantKey ?? rolledOutTo(rollout, visitor.visitorId, experiments))
  return { visitor, variant, experiments: shownBy(assignment, rollout, variant) }
}

/** What a view counts for: experiment id, or rollout id, → variant id, while it runs. */
function shownBy(
  assignment: Assignment | undefined,
  rollout: ServedRollout | undefined,
  variant: PublishedVariant,
): Record<string, string> {
  if (assignment) return assignment.running ? { [assignment.experimentId]: assignment.variantId } : {}
  return rollout?.running ? { [rollout.id]: variant.id } : {}
}

/** What the forms of a page carry of this view of it. */
export function formTokenOf(
  { workspaceId, clock }: SqlContext,
  page: PublishedPage,
  view: { variantKey: string; visitorId: string | null; experiments: Readonly<Record<string, string>> },
): FormToken {
  return {
    w: workspaceId,
    p: page.id,
    k: view.variantKey,
    v: view.visitorId,
    e: view.experiments,
    t: clock.now().getTime(),
    n: uuidv4(),
  }
}

function variantOf(page: PublishedPage, variantKey: string | undefined): PublishedVariant {
  const variant = page.variants.find(({ key }) => key === variantKey) ?? page.variants[0]
  if (!variant) throw new Error(`Page ${page.id} was published without a variant.`)
  return variant
}

export const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  // Each visitor gets a variant of their own: nothing in between may keep it.
  'cache-control': 'private, no-cache',
  vary: 'cookie',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src 'self' https: data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'",
}

export function notFound(): Response {
  return new Response(
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Page not found</title><h1>Page not found</h1><p>There is no page at this address, or no longer.</p></html>',
    { status: 404, headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' } },
  )
}
