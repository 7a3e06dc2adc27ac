import {
  byteString,
  getPlain,
  type PlainRequest,
  type PlainResponse,
  type RouteContext,
  type SqlContext,
} from '@espalier/core'
import type { Assignment, Experiments } from '@espalier/experiments'
import type { Tracking } from '@espalier/tracking'
import { v4 as uuidv4 } from 'uuid'
import type { Catalog } from './blocks/catalog.ts'
import { tokenSlot } from './blocks/form.ts'
import type { PageDocument } from './document.ts'
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

export const pageRoute = getPlain<PageServer>('/p/:workspace/:slug', { access: 'anonymous', limit }, servePage)

async function servePage(request: PlainRequest, route: RouteContext, pages: PageServer): Promise<PlainResponse> {
  const { workspace: workspaceSlug = '', slug = '' } = route.params
  const workspaceId = await route.findWorkspace(workspaceSlug)
  if (!workspaceId) return nothingHere
  const context = route.inWorkspace(workspaceId)
  const page = await pages.published.find(context, workspaceSlug, slug)
  if (!page) return nothingHere

  const { visitor, variant, experiments } = await beginVisit(request, route, context, page, pages)
  const { hasForms } = variant.document
  if (!visitor.counted) {
    const view = { variantKey: variant.key, visitorId: null, experiments }
    const token = hasForms ? pages.formTokens.sign(formTokenOf(context, page, view)) : ''
    return { status: 200, headers: pageHeaders, body: bodyOf(variant.document, '', token) }
  }
  const site = await pages.tracking.sites.ensure(context, siteName)
  const { html, token } = await pages.tracking.trackerTags(context, site, {
    workspaceId,
    siteId: site.id,
    pageId: page.id,
    visitorId: visitor.visitorId,
    experiments,
    // With it the tracker's signed context is the token of the forms, too: signing is what costs most of a visit.
    ...(hasForms && { view: { id: uuidv4(), shown: variant.key, at: context.clock.now().getTime() } }),
  })
  return {
    status: 200,
    headers: pageHeaders,
    setCookie: visitor.setCookie,
    body: bodyOf(variant.document, html, token),
  }
}

/** @param ownPart, formToken this visitor's: ASCII, so the same as bytes */
function bodyOf(document: PageDocument, ownPart: string, formToken: string): string {
  const { before, after } = bytesOf(document)
  let body = before + ownPart + after[0]
  for (let form = 1; form < after.length; form++) body += formToken + after[form]
  return body
}

/** What all visitors of a variant get, cut where each one's own parts go. */
interface PageBytes {
  readonly before: string
  /** Between the tokens of the forms. */
  readonly after: readonly string[]
}

const encoded = new WeakMap<PageDocument, PageBytes>()

/** Encoded once, for encoding costs more than all the rest of a visit. */
function bytesOf(document: PageDocument): PageBytes {
  let bytes = encoded.get(document)
  if (!bytes) {
    bytes = {
      before: byteString(document.beforeTracker),
      after: document.afterTracker.split(tokenSlot).map(byteString),
    }
    encoded.set(document, bytes)
  }
  return bytes
}

/** Who asks, and which variant they get: the experiment's, else the rollout's, else the first. */
export async function beginVisit(
  request: PlainRequest,
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

const nothingHere: PlainResponse = {
  status: 404,
  headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' },
  body: byteString(
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Page not found</title><h1>Page not found</h1><p>There is no page at this address, or no longer.</p></html>',
  ),
}

export function notFound(): Response {
  const { status, headers, body } = nothingHere
  return new Response(body, { status, headers })
}
