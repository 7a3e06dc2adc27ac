import type { Logger } from 'pino'
import { UnauthenticatedError } from '../errors.ts'
import type { Requester } from '../schema/graphqlContext.ts'
import { type Authenticator, type Credentials, hasCredentials } from './authenticator.ts'
import { insist, RateLimits } from './rateLimits.ts'

/** Finds out who sends a request, and slows down those who guess. */
export class SignIn {
  readonly #authenticator: Authenticator
  // In memory even where Redis is configured: asked on every request, and a guess costs each process one look-up.
  readonly #failures: RateLimits

  constructor(authenticator: Authenticator, log: Logger) {
    this.#authenticator = authenticator
    this.#failures = new RateLimits({ log })
  }

  /**
   * @returns undefined for anonymous requests
   * @throws UnauthenticatedError for wrong credentials; RateLimitedError after too many of them from one address
   */
  async identify(credentials: Credentials): Promise<Requester | undefined> {
    if (!hasCredentials(credentials.headers)) return undefined
    const stranger = { address: credentials.address, principal: undefined }
    insist(await this.#failures.spent('sign-in', stranger, allowedFailures))
    try {
      return await this.#authenticator.authenticate(credentials)
    } catch (error) {
      if (error instanceof UnauthenticatedError) await this.#failures.take('sign-in', stranger, allowedFailures)
      throw error
    }
  }
}

const allowedFailures = { points: 30, seconds: 60 }
