import {
  ConflictError,
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
  RateLimitedError,
  RequestError,
} from '../errors.ts'
import type { Exchange, GraphQLContext } from '../schema/graphqlContext.ts'
import { asIs, type Told } from '../told.ts'
import type { Access } from './access.ts'
import { authenticatedOf } from './whoAsks.ts'

/** What the sign-in API answered, and who the caller is from now on. */
export interface SignInAnswer {
  readonly body: Record<string, unknown>
  /** The `cookie` header that the client sends next. */
  readonly cookies: string
}

/**
 * Asks the sign-in API under `/api/auth` on behalf of a GraphQL request, and hands its cookies on: so both doors have the same
 * limits, the same refusals and the same records.
 *
 * @param path below /api/auth
 * @param body of a POST; without it the call is a GET
 * @throws RateLimitedError, or the typed error that its refusal stands for, in the caller's language
 */
export async function callSignIn(
  access: Access,
  context: GraphQLContext,
  path: string,
  body?: Record<string, unknown>,
): Promise<SignInAnswer> {
  const { address, userAgent } = context.request
  const exchange = requireExchange(context)
  const cookie = exchange.headers.get('cookie')
  const response = await access.handler(
    new Request(`${access.publicUrl}/api/auth${path}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        'content-type': 'application/json',
        'user-agent': userAgent,
        // GraphQL has refused other sites already, and knows more origins than one.
        origin: new URL(access.publicUrl).origin,
        ...(cookie && { cookie }),
      },
      ...(body && { body: JSON.stringify(body) }),
    }),
    address,
  )
  if (response.status === 429) throw new RateLimitedError(Number(response.headers.get('retry-after')) || 60)
  const answer = (await response.json().catch(() => null)) as Record<string, unknown> | null
  if (!response.ok) throw refusal(answer ?? {})
  const lines = response.headers.getSetCookie()
  for (const line of lines) exchange.setCookie(line)
  return { body: answer ?? {}, cookies: afterwards(cookie, lines) }
}

/** @throws ForbiddenError over a WebSocket, whose answers set no cookies */
export function requireExchange({ request }: GraphQLContext): Exchange {
  if (!request.exchange) throw new ForbiddenError(overHttp)
  return request.exchange
}

/**
 * Gives a session that is used another seven days, once a day, as better-auth does where it is asked itself. What fails here
 * leaves the session as it is.
 */
export async function prolongSession(access: Access, context: GraphQLContext): Promise<void> {
  const user = authenticatedOf(context)?.user
  if (!user || !context.request.exchange) return
  if (user.sessionExpiresAt.getTime() - access.clock.now().getTime() > sixDays) return
  await callSignIn(access, context, '/get-session').catch((error: unknown) => {
    if (!(error instanceof RequestError)) throw error
  })
}

const sixDays = 6 * 24 * 3600_000

/** The client's cookies with what an answer sets and takes away. */
function afterwards(sent: string | null, lines: readonly string[]): string {
  const pair = (text: string): [string, string] => {
    const equals = text.indexOf('=')
    return [text.slice(0, equals).trim(), text.slice(equals + 1).trim()]
  }
  const jar = new Map((sent ?? '').split(';').filter(Boolean).map(pair))
  for (const line of lines) {
    const [first = '', ...attributes] = line.split(';')
    const [name, value] = pair(first)
    if (attributes.some((attribute) => /^\s*max-age=0\s*$/i.test(attribute))) jar.delete(name)
    else jar.set(name, value)
  }
  return [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
}

function refusal({ code, message }: Record<string, unknown>): Error {
  switch (code) {
    case 'INVALID_EMAIL_OR_PASSWORD':
      return InvalidInputError.of('input', 'WRONG_CREDENTIALS', wrongCredentials)
    case 'INVALID_EMAIL':
      return InvalidInputError.of('input.email', 'EMAIL', noEmail)
    case 'INVALID_PASSWORD':
      return InvalidInputError.of('input.currentPassword', 'WRONG_PASSWORD', wrongPassword)
    case 'PASSWORD_TOO_SHORT':
    case 'PASSWORD_TOO_LONG':
      return InvalidInputError.of('input.newPassword', 'LENGTH', passwordLength)
    case 'NOT_FOUND': {
      return new NotFoundError('invitation', 'in this link', invitationGone)
    }
    case 'UNAUTHENTICATED':
      return new ConflictError(signInFirst)
    case 'CONFLICT':
      return new ConflictError(memberAlready)
    case 'FORBIDDEN':
      return new ForbiddenError(otherAddress)
    // Of the shape of a body, such as a password of 1,001 characters: "[body.password] Too big".
    case 'VALIDATION_ERROR':
      return InvalidInputError.of(`input.${/\[body\.(\w+)\]/.exec(String(message))?.[1] ?? ''}`, 'INVALID', notTaken)
    case 'INVALID_INPUT':
      return InvalidInputError.of('input', 'INVALID', asIs(String(message)))
    default:
      return new Error(`The sign-in API refused with ${String(code)}: ${String(message)}`)
  }
}

export const passwordLength: Told = {
  en: 'A password has 10 to 128 characters.',
  fr: 'Un mot de passe compte de 10 à 128 caractères.',
}
const overHttp: Told = {
  en: 'Sessions begin and end over HTTP: a WebSocket cannot set a cookie. Send this to /graphql with POST.',
  fr: 'Les sessions s’ouvrent et se ferment par HTTP : un WebSocket ne peut pas poser de cookie. Envoyez ceci à /graphql en POST.',
}
const wrongCredentials: Told = {
  en: 'The address or the password is wrong.',
  fr: 'L’adresse ou le mot de passe est faux.',
}
const noEmail: Told = {
  en: 'This is not an email address.',
  fr: 'Ce n’est pas une adresse e-mail.',
}
const wrongPassword: Told = {
  en: 'This is not your present password.',
  fr: 'Ce n’est pas votre mot de passe actuel.',
}
const notTaken: Told = {
  en: 'This is too long, or nothing that can stand here. Write it anew.',
  fr: 'C’est trop long, ou rien qui puisse figurer ici. Saisissez-le de nouveau.',
}
const invitationGone: Told = {
  en: 'This invitation is no longer open: it was used, canceled or has expired. Ask for a new one.',
  fr: 'Cette invitation n’est plus ouverte : elle a été utilisée, annulée ou a expiré. Demandez-en une nouvelle.',
}
const signInFirst: Told = {
  en: 'The invited address has an account. Sign in to it, then open the link again.',
  fr: 'L’adresse invitée a déjà un compte. Connectez-vous, puis rouvrez le lien.',
}
const memberAlready: Told = {
  en: 'You are already a member of this workspace.',
  fr: 'Vous êtes déjà membre de cet espace de travail.',
}
const otherAddress: Told = {
  en: 'This invitation is for another address than the one that you are signed in with. Sign out, then open the link again.',
  fr: 'Cette invitation est pour une autre adresse que celle de votre session. Déconnectez-vous, puis rouvrez le lien.',
}
