import { asUnavailable, get, post, type RouteContext, type SqlContext } from '@espalier/core'
import { allBlocks } from '../blockData.ts'
import { formProps } from '../blocks/form.ts'
import { renderPage, withFormToken } from '../document.ts'
import { pageHeaders } from '../pageHeaders.ts'
import type { PublishedPage, PublishedVariant } from '../publishedPages.ts'
import { formTokenOf, notFound, type PageServer, siteName } from '../servePage.ts'
import { beginVisit } from '../visit.ts'
import { type FormToken, fastestMs, readFormToken, tokenLifeMs } from './formToken.ts'
import { readForm, type SentForm } from './readForm.ts'
import type { SpamReason } from './submissions.ts'
import { formWords } from './words.ts'

/** Bytes: 30 fields of at most 5,000 characters fit, whatever their alphabet. */
const bodyLimit = 512 * 1024

/** Of each address. */
export const limit = { points: 30, seconds: 60 }

export const formRoute = post<PageServer>(
  '/p/:workspace/:slug/forms/:form',
  { access: 'anonymous', limit, bodyLimit },
  takeForm,
)

/**
 * A form as a browser sends it, without script: 303 to the thanks, or the page again with what is to be mended.
 * It needs no cookie, so there is nothing that another site could abuse (CSRF); the token says which view of the
 * page it comes from.
 */
async function takeForm(request: Request, route: RouteContext, pages: PageServer): Promise<Response> {
  const { workspace: workspaceSlug = '', slug = '', form: formId = '' } = route.params
  const workspaceId = await route.findWorkspace(workspaceSlug)
  if (!workspaceId) return notFound()
  const context = route.inWorkspace(workspaceId)
  const page = await pages.published.find(context, workspaceSlug, slug)
  if (!page) return notFound()
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(request.headers.get('content-type') ?? ''))
    return new Response('Send the form as application/x-www-form-urlencoded, as browsers do.', { status: 415 })

  const body = new URLSearchParams(await request.text())
  const now = context.clock.now().getTime()
  const token = readToken(pages, body.get('_token') ?? '', { workspaceId, pageId: page.id, now })
  const found = findForm(page, formId, token?.k)
  if (!found) return notFound()
  const { variant, form } = found
  const sent = readForm(body, form, page.language)
  const words = formWords(page.language)
  const showAgain = async (status: number, message: string): Promise<Response> => {
    const answer = { message, errors: sent.errors, values: sent.written }
    const { beforeTracker, afterTracker } = await renderPage(variant.content, {
      catalog: pages.catalog,
      language: page.language,
      address: page.address,
      images: await pages.published.imagesOf(context, variant.content),
      answers: new Map([[formId, answer]]),
    })
    // The same view of the page: whoever has just read what is wrong may be quick about it.
    const facts = token ?? (await newToken(request, route, context, page, variant, pages))
    return new Response(beforeTracker + withFormToken(afterTracker, pages.formTokens.sign(facts)), {
      status,
      headers: { ...pageHeaders, 'cache-control': 'no-store' },
    })
  }
  if (Object.keys(sent.errors).length > 0) return showAgain(422, words.check)
  if (!token) return showAgain(422, words.again)

  const conversion =
    form.goal && token.v
      ? {
          siteId: (await pages.tracking.sites.ensure(context, siteName)).id,
          goal: form.goal,
          url: page.address,
          experiments: token.e,
        }
      : null
  try {
    await pages.submissions.keep(context, {
      pageId: page.id,
      variantKey: variant.key,
      form: formId,
      values: sent.values,
      visitorId: token.v,
      viewId: token.n,
      spamReason: spamReasonOf(sent, token, route.isBot, now),
      conversion,
    })
  } catch (error) {
    if (!asUnavailable(error)) throw error
    route.log.warn({ err: error }, 'A form could not be saved; its sender was asked to send it again')
    return showAgain(503, words.unavailable)
  }
  const location = placeOf(page, form.thanks.href ?? `#${variant.document.keys.get(formId)}-thanks`)
  return new Response(null, { status: 303, headers: { location, 'cache-control': 'no-store' } })
}

/** A place in the page itself starts with "#". */
function placeOf(page: PublishedPage, href: string): string {
  return href.startsWith('#') ? new URL(page.address).pathname + href : href
}

/** The address that a browser shows while a form is to be mended, opened anew: back to the page. */
export const formAddressRoute = get<PageServer>(
  '/p/:workspace/:slug/forms/:form',
  { access: 'anonymous' },
  (_request, { params: { workspace = '', slug = '' } }) =>
    new Response(null, {
      status: 303,
      headers: { location: `/p/${encodeURIComponent(workspace)}/${encodeURIComponent(slug)}` },
    }),
)

/** The token, where this server gave it out for this page, not too long ago. */
function readToken(
  pages: PageServer,
  token: string,
  { workspaceId, pageId, now }: { workspaceId: string; pageId: string; now: number },
): FormToken | undefined {
  const facts = readFormToken(token, pages)
  if (facts?.w !== workspaceId || facts.p !== pageId) return undefined
  return now - facts.t > tokenLifeMs ? undefined : facts
}

/** For who comes with none, or an old one. */
async function newToken(
  request: Request,
  route: RouteContext,
  context: SqlContext,
  page: PublishedPage,
  variant: PublishedVariant,
  pages: PageServer,
): Promise<FormToken> {
  const { visitor, experiments } = await beginVisit(request, route, context, page, pages)
  const visitorId = visitor.counted ? visitor.visitorId : null
  return formTokenOf(context, page, { variantKey: variant.key, visitorId, experiments })
}

/** The form, in the variant that the visitor has seen or in another that has it. */
function findForm(page: PublishedPage, id: string, variantKey: string | undefined) {
  const seen = page.variants.filter(({ key }) => key === variantKey)
  for (const variant of [...seen, ...page.variants]) {
    const block = allBlocks(variant.content).find(({ type, props }) => type === 'Form' && props.id === id)
    const form = block && formProps.safeParse(block.props)
    if (form?.success) return { variant, form: form.data }
  }
  return undefined
}

function spamReasonOf(sent: SentForm, token: FormToken, isBot: boolean, now: number): SpamReason | null {
  if (sent.trapped) return 'trap'
  if (isBot) return 'bot'
  return now - token.t < fastestMs ? 'tooFast' : null
}
