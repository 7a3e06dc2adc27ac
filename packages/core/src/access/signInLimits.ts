import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'

/** How many attempts in how many seconds. */
interface Rule {
  window: number
  max: number
}

/**
 * Counts attempts to sign in, by address and path. better-auth's own counter lives in a module, which two
 * kernels in one process would share.
 */
export class SignInLimits {
  readonly #limiters = new Map<string, RateLimiterMemory>()

  async consume(key: string, rule: Rule): Promise<{ allowed: boolean; retryAfter: number | null }> {
    try {
      await this.#limiter(rule).consume(key)
      return { allowed: true, retryAfter: null }
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused
      return { allowed: false, retryAfter: Math.max(1, Math.ceil(refused.msBeforeNext / 1000)) }
    }
  }

  #limiter(rule: Rule): RateLimiterMemory {
    const name = `${rule.max}/${rule.window}`
    const known = this.#limiters.get(name)
    if (known) return known
    const limiter = new RateLimiterMemory({ points: rule.max, duration: rule.window })
    this.#limiters.set(name, limiter)
    return limiter
  }
}
