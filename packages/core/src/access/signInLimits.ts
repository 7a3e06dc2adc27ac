import type { RateLimits } from '../http/rateLimits.ts'

/** How many attempts in how many seconds. */
interface Rule {
  window: number
  max: number
}

/**
 * Counts attempts to sign in, by address and path, together with the other processes where there is Redis.
 * better-auth's own counter lives in a module, which two kernels in one process would share.
 */
export class SignInLimits {
  readonly #limits: RateLimits

  constructor(limits: RateLimits) {
    this.#limits = limits
  }

  /** @param key `address|path`, as better-auth makes it */
  async consume(key: string, { max, window }: Rule): Promise<{ allowed: boolean; retryAfter: number | null }> {
    const bar = key.indexOf('|')
    const caller = { address: key.slice(0, bar), principal: undefined }
    const taken = await this.#limits.take(`/api/auth${key.slice(bar + 1)}`, caller, { points: max, seconds: window })
    return taken?.refused
      ? { allowed: false, retryAfter: Math.max(1, taken.resetSeconds) }
      : { allowed: true, retryAfter: null }
  }
}
