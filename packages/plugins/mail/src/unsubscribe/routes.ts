import { asUnavailable, get, post, type RouteContext } from '@espalier/core'
import { donePage, questionPage, resubscribedPage, unavailablePage, unknownPage } from './page.ts'
import type { Unsubscription } from './unsubscribeTokens.ts'
import type { Choice, ShownMessage, Unsubscribing } from './unsubscribing.ts'
import { unsubscribeWords } from './words.ts'

/** What the routes lean on. */
export interface UnsubscribeService {
  readonly feedback: { readonly unsubscribing: Unsubscribing }
}

/** Mail providers call on behalf of many, from few addresses. */
const limit = { points: 60_000, seconds: 60 }

/** Bytes. A one-click body has some 30. */
const bodyLimit = 16 * 1024

/** Shows the question. It changes nothing: scanners follow every link of a mail, also this one. */
export const unsubscribePageRoute = get<UnsubscribeService>(
  '/u/:token',
  { access: 'anonymous', limit },
  async (request, route, service) => {
    const { found, message } = await look(route, service)
    const words = unsubscribeWords(message?.language, request.headers.get('accept-language'))
    if (!found) return html(404, unknownPage(words))
    return html(200, questionPage(words, message?.sender, found.topic))
  },
)

/**
 * Unsubscribes: a mail provider's one click (RFC 8058) and the page's own form. It takes no cookie and no origin, for a provider sends
 * neither; the token is what nobody can guess. It never redirects.
 */
export const unsubscribeRoute = post<UnsubscribeService>(
  '/u/:token',
  { access: 'anonymous', limit, bodyLimit },
  async (request, route, service) => {
    const accepted = request.headers.get('accept-language')
    const choice = await choiceOf(request)
    const { found, message } = await look(route, service)
    const words = unsubscribeWords(message?.language, accepted)
    if (!found) return html(404, unknownPage(words))
    // Without a topic there is only everything.
    const chosen = choice === 'topic' || choice === undefined ? (found.topic === '' ? 'everything' : 'topic') : choice
    try {
      await service.feedback.unsubscribing.choose(route.inWorkspace(found.workspaceId), found, chosen)
    } catch (error) {
      if (!asUnavailable(error)) throw error
      route.log.warn({ err: error }, 'An unsubscription could not be saved; whoever sent it was asked to send it again')
      return html(503, unavailablePage(words), { 'retry-after': '60' })
    }
    return html(200, chosen === 'resubscribe' ? resubscribedPage(words) : donePage(words, chosen, found.topic))
  },
)

/** What the link says, and its message as far as it is there: without the database the page still asks. */
async function look(
  route: RouteContext,
  { feedback: { unsubscribing } }: UnsubscribeService,
): Promise<{ found: Unsubscription | undefined; message: ShownMessage | undefined }> {
  const found = unsubscribing.read(route.params.token ?? '')
  if (!found) return { found, message: undefined }
  try {
    return { found, message: await unsubscribing.message(route.inWorkspace(found.workspaceId), found) }
  } catch (error) {
    if (!asUnavailable(error)) throw error
    return { found, message: undefined }
  }
}

/** Undefined for one click: `List-Unsubscribe=One-Click` as a form of either kind, or no body at all. */
async function choiceOf(request: Request): Promise<Choice | undefined> {
  const isForm = /^(?:multipart\/form-data|application\/x-www-form-urlencoded)\b/i.test(
    request.headers.get('content-type') ?? '',
  )
  const form = isForm ? await request.formData().catch(() => undefined) : undefined
  const choice = form?.get('choice')
  return choice === 'topic' || choice === 'everything' || choice === 'resubscribe' ? choice : undefined
}

function html(status: number, body: string, headers: Record<string, string> = {}): Response {
  return new Response(body, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex, nofollow',
      vary: 'accept-language',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      ...headers,
    },
  })
}
