import { ForbiddenError } from '../errors.ts'
import type { GraphQLContext } from '../schema/builder.ts'
import type { Authenticated, AuthenticatedUser } from './authenticated.ts'

/** The kernel authenticates with {@link Access}, so what the schema's context calls a requester is this. */
export function authenticatedOf(context: GraphQLContext): Authenticated | undefined {
  return context.authenticated as Authenticated | undefined
}

/** The person who asks. @throws ForbiddenError for an API key */
export function personOf(context: GraphQLContext): AuthenticatedUser {
  const user = authenticatedOf(context)?.user
  if (!user)
    throw new ForbiddenError({
      en: 'This is for people: an API key cannot do it.',
      fr: 'C’est réservé aux personnes : une clé d’API ne peut pas le faire.',
    })
  return user
}
