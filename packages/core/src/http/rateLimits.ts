import { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { Principal } from '../access/principal.ts'
import { RateLimitedError } from '../errors.ts'
import { addressGroup } from './clientAddress.ts'
import type { RateLimit } from './route.ts'

/** What a route or operation gets that declares no limit of its own, by who asks. */
export interface DefaultRateLimits {
  /** By address (an IPv6 one by its /64). Default 100 a minute. */
  anonymous: RateLimit
  /** By key. Default 100 a minute. */
  apiKey: RateLimit
  /** By person, for editors and viewers; owners and admins have none. Default 600 a minute. */
  user: RateLimit
}

export const defaultRateLimits: DefaultRateLimits = {
  anonymous: { points: 100, seconds: 60 },
  apiKey: { points: 100, seconds: 60 },
  user: { points: 600, seconds: 60 },
}

export interface Caller {
  readonly address: string
  readonly principal: Principal | undefined
}

/** What is left of a budget after a request took from it. */
export interface Allowance {
  readonly policy: RateLimit
  readonly remaining: number
  /** Seconds until the window starts anew. */
  readonly resetSeconds: number
  readonly refused: boolean
}

export interface RateLimitsOptions {
  log: Logger
  /** Where several server processes count together. Without it each counts for itself. */
  redisUrl?: string | undefined
  defaults?: Partial<DefaultRateLimits> | undefined
}

/** Budgets of requests by caller. When Redis fails, each process goes on counting in its own memory. */
export class RateLimits {
  readonly #redis: Redis | undefined
  readonly #defaults: DefaultRateLimits
  readonly #limiters = new Map<string, RateLimiterMemory | RateLimiterRedis>()

  constructor({ log, redisUrl, defaults }: RateLimitsOptions) {
    this.#defaults = { ...defaultRateLimits, ...defaults }
    if (redisUrl) this.#redis = connect(redisUrl, log)
  }

  /**
   * Takes from the caller's budget.
   *
   * @param name what is limited: a route or an operation; each has its own budgets
   * @param limit undefined: the default for this kind of caller; false: none
   * @param points how much this request takes, default 1
   * @returns undefined where the caller has no limit
   */
  async take(
    name: string,
    caller: Caller,
    limit: RateLimit | false | undefined,
    points = 1,
  ): Promise<Allowance | undefined> {
    const subject = subjectOf(caller)
    if (limit === false || !subject) return undefined
    const policy = limit ?? this.#defaults[subject.kind]
    try {
      return allowance(policy, await this.#limiter(policy).consume(`${name}|${subject.key}`, points), false)
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) return allowance(policy, refusal, true)
      throw refusal
    }
  }

  /** Whether the caller has used up this budget; takes nothing. */
  async spent(name: string, caller: Caller, policy: RateLimit): Promise<Allowance | undefined> {
    const key = `${name}|${subjectOf(caller)?.key ?? ''}`
    const state = await this.#limiter(policy).get(key)
    return state && state.consumedPoints >= policy.points ? allowance(policy, state, true) : undefined
  }

  close(): void {
    this.#redis?.disconnect()
  }

  #limiter(policy: RateLimit): RateLimiterMemory | RateLimiterRedis {
    const id = `${policy.points}/${policy.seconds}`
    let limiter = this.#limiters.get(id)
    if (!limiter) {
      const options = { points: policy.points, duration: policy.seconds, keyPrefix: `espalier:limit:${id}` }
      const memory = new RateLimiterMemory(options)
      limiter = this.#redis
        ? new RateLimiterRedis({
            ...options,
            storeClient: this.#redis,
            insuranceLimiter: memory,
            rejectIfRedisNotReady: true,
            // Who is over the limit is refused from memory, so that a flood does not reach Redis.
            inMemoryBlockOnConsumed: policy.points + 1,
          })
        : memory
      this.#limiters.set(id, limiter)
    }
    return limiter
  }
}

/** Throws {@link RateLimitedError} where the budget is used up. */
export function insist(allowance: Allowance | undefined): void {
  if (allowance?.refused) throw new RateLimitedError(Math.max(1, allowance.resetSeconds))
}

/** The headers of draft-ietf-httpapi-ratelimit-headers-10: `"default";q=100;w=60` and `"default";r=99;t=60`. */
export function rateLimitHeaders(headers: Pick<Headers, 'set'>, allowance: Allowance | undefined): void {
  if (!allowance) return
  headers.set('ratelimit-policy', `"default";q=${allowance.policy.points};w=${allowance.policy.seconds}`)
  headers.set('ratelimit', `"default";r=${allowance.remaining};t=${allowance.resetSeconds}`)
}

function subjectOf({ address, principal }: Caller): { kind: keyof DefaultRateLimits; key: string } | undefined {
  if (!principal) return { kind: 'anonymous', key: addressGroup(address) }
  if (principal.type === 'apiKey') return { kind: 'apiKey', key: `key:${principal.id}` }
  if (principal.type === 'user' && principal.role !== 'owner' && principal.role !== 'admin')
    return { kind: 'user', key: `user:${principal.id}` }
  return undefined
}

function allowance(policy: RateLimit, state: RateLimiterRes, refused: boolean): Allowance {
  const remaining = Math.max(0, state.remainingPoints)
  return { policy, remaining, resetSeconds: Math.ceil(Math.max(0, state.msBeforeNext) / 1000), refused }
}

function connect(url: string, log: Logger): Redis {
  // Limits must not slow requests down: no queue while disconnected, no waiting for a slow answer.
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 250,
    connectTimeout: 2_000,
  })
  let failing = false
  redis.on('error', (error: Error) => {
    if (!failing) log.warn({ err: error }, 'rate limits: Redis does not answer; counting in memory')
    failing = true
  })
  redis.on('ready', () => {
    if (failing) log.info('rate limits: Redis answers again')
    failing = false
  })
  return redis
}
