import { ForbiddenError, type GraphQLContext } from '@espalier/core'

/** The id of whoever asks. @throws ForbiddenError for API keys */
export function person(ctx: GraphQLContext): string {
  const userId = personOf(ctx)
  if (userId === undefined)
    throw new ForbiddenError({
      en: 'An API key is told nothing and reads nothing. Sign in as a person, or use a webhook.',
      fr: 'Une clé d’API ne reçoit et ne lit rien. Connectez-vous en personne, ou utilisez un webhook.',
    })
  return userId
}

/** Undefined for API keys. */
export function personOf(ctx: GraphQLContext): string | undefined {
  return ctx.principal.type === 'user' ? ctx.principal.id : undefined
}

/** No person has this id. */
export const nobody = '00000000-0000-0000-0000-000000000000'

/** Whether whoever asks reads French. */
export function isFrench(ctx: GraphQLContext): boolean {
  return (ctx.principal.type === 'user' ? ctx.principal.locale : ctx.request.locale).startsWith('fr')
}
