import type { Requester } from '../schema/graphqlContext.ts'
import type { HeaderReader } from './requestState.ts'

/** What authentication may look at. */
export interface Credentials {
  readonly headers: HeaderReader
  /** Address of the client, as far as it can be trusted. */
  readonly address: string
}

/**
 * Whoever sends a request, as the HTTP layer needs to know it; `access` is the real one.
 * Absent credentials are not an error, wrong ones are (an {@link UnauthenticatedError}).
 */
export interface Authenticator<Authenticated extends Requester = Requester> {
  authenticate(credentials: Credentials): Promise<Authenticated | undefined>
  /** For connections that stay open: whether each session or key still holds, with the rights it had. */
  stillValid(authenticated: readonly Authenticated[]): Promise<readonly boolean[]>
}

/** Whether the request carries anything to authenticate with. */
export function hasCredentials(headers: HeaderReader): boolean {
  return headers.has('cookie') || headers.has('authorization') || headers.has('x-api-key')
}
