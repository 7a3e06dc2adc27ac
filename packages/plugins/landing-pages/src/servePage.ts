import {
  type Awaitable,
  byteString,
  getPlain,
  onceKnown,
  type PlainRequest,
  type PlainResponse,
  type RouteContext,
  type SqlContext,
  type TokenSigner,
} from '@espalier/core'
import { v4 as uuidv4 } from 'uuid'
import type { Catalog } from './blocks/catalog.ts'
import { tokenSlot } from './blocks/form.ts'
import type { PageDocument } from './document.ts'
import type { FormToken } from './forms/formToken.ts'
import type { Submissions } from './forms/submissions.ts'
import { pageHeaders, unlisted } from './pageHeaders.ts'
import type { PublishedPage, PublishedPages, PublishedVariant } from './publishedPages.ts'
import { beginVisit, type Visit, type VisitParts } from './visit.ts'

/** What serving a page leans on. */
export interface PageServer extends VisitParts {
  readonly catalog: Catalog
  readonly published: PublishedPages
  readonly submissions: Submissions
  readonly formTokens: TokenSigner<FormToken>
}

/** The site in tracking under which the visits of all pages of a workspace are counted. */
export const siteName = 'Landing pages'

/** Pages are what strangers come for: far more of them share an address than would call an API. */
const limit = { points: 1200, seconds: 60 }

export const pageRoute = getPlain<PageServer>('/p/:workspace/:slug', { access: 'anonymous', limit }, servePage)

/** At once, where everything that it takes is at hand: that is so for nearly every visit. */
function servePage(request: PlainRequest, route: RouteContext, pages: PageServer): Awaitable<PlainResponse> {
  const { workspace: workspaceSlug = '', slug = '' } = route.params
  return onceKnown(route.findWorkspace(workspaceSlug), (workspaceId) => {
    if (!workspaceId) return nothingHere
    const context = route.inWorkspace(workspaceId)
    return onceKnown(pages.published.find(context, workspaceSlug, slug), (page) => {
      if (!page) return nothingHere
      const triedOut = variantToTry(request.url, page)
      if (triedOut) return showToTry(triedOut, route, context, page, pages)
      return onceKnown(beginVisit(request, route, context, page, pages), (visit) => show(visit, context, page, pages))
    })
  })
}

function showToTry(
  variant: PublishedVariant,
  { isBot }: RouteContext,
  context: SqlContext,
  page: PublishedPage,
  pages: PageServer,
): PlainResponse {
  if (page.experimentId) pages.experiments.noteExcluded(context, page.experimentId, isBot ? 'bot' : 'forced')
  return { status: 200, headers: unlistedHeaders, body: untracked(context, page, variant, pages) }
}

function show(
  { visitor, variant, experiments, setCookie }: Visit,
  context: SqlContext,
  page: PublishedPage,
  pages: PageServer,
): Awaitable<PlainResponse> {
  const { document, key } = variant
  if (!visitor.counted) return { status: 200, headers: pageHeaders, body: untracked(context, page, variant, pages) }
  return onceKnown(pages.tracking.sites.ensure(context, siteName), (site) => {
    const view = {
      workspaceId: context.workspaceId,
      siteId: site.id,
      pageId: page.id,
      visitorId: visitor.visitorId,
      experiments,
      // With it the tracker's signed context is the token of the forms, too: signing is what costs most of a visit.
      ...(document.hasForms && { view: { id: uuidv4(), shown: key, at: context.clock.now().getTime() } }),
    }
    return onceKnown(pages.tracking.trackerTags(context, site, view), ({ html, token }) => ({
      status: 200,
      headers: pageHeaders,
      setCookie: setCookie && visitor.setCookie ? [visitor.setCookie, setCookie] : (setCookie ?? visitor.setCookie),
      body: bodyOf(document, html, token),
    }))
  })
}

/** The parameter by which whoever has a link sees a certain variant: the script for pages of others has it, too. */
const tryOut = 'espalier-variant'

/** The published variant that an address asks for by its key: for trying it out. Other keys mean nothing. */
function variantToTry(url: string, page: PublishedPage): PublishedVariant | undefined {
  if (!url.includes(tryOut)) return undefined
  const wanted = URL.parse(url)?.searchParams.get(tryOut)
  return page.variants.find(({ key }) => key === wanted)
}

/** The page for whoever is not counted. */
function untracked(context: SqlContext, page: PublishedPage, variant: PublishedVariant, pages: PageServer): string {
  const view = { variantKey: variant.key, visitorId: null, experiments: {} }
  const token = variant.document.hasForms ? pages.formTokens.sign(formTokenOf(context, page, view)) : ''
  return bodyOf(variant.document, '', token)
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

const unlistedHeaders = { ...pageHeaders, ...unlisted }

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
