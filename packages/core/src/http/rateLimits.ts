import { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { Principal } from '../access/principal.ts'
import { RateLimitedError } from '../errors.ts'
import { addressGroup } from './clientAddress.ts'
import { type RequestWindow, RequestWindows } from './requestWindows.ts'
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
  /** By what they allow: routes that declare the same share one. */
  readonly #budgets = new Map<string, Budget>()
  readonly #byPolicy = new WeakMap<RateLimit, Budget>()

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
   * @returns undefined where the caller has no limit; a promise only where processes count together
   */
  take(
    name: string,
    caller: Caller,
    limit: RateLimit | false | undefined,
    points = 1,
  ): Allowance | undefined | Promise<Allowance> {
    const subject = limit === false ? undefined : subjectOf(caller)
    if (!subject) return undefined
    const policy = limit || this.#defaults[subject.kind]
    return this.#budget(policy).take(`${name}|${subject.key}`, points)
  }

  /** Whether the caller has used up this budget; takes nothing. */
  async spent(name: string, caller: Caller, policy: RateLimit): Promise<Allowance | undefined> {
    return this.#budget(policy).spent(`${name}|${subjectOf(caller)?.key ?? ''}`)
  }

  close(): void {
    this.#redis?.disconnect()
  }

  #budget(policy: RateLimit): Budget {
    const known = this.#byPolicy.get(policy)
    if (known) return known
    const id = `${policy.points}/${policy.seconds}`
    let budget = this.#budgets.get(id)
    if (!budget) {
      budget = new Budget(id, policy, this.#redis)
      this.#budgets.set(id, budget)
    }
    this.#byPolicy.set(policy, budget)
    return budget
  }
}

/** What each caller may take under one policy. */
class Budget {
  readonly #policy: RateLimit
  readonly #windows: RequestWindows
  readonly #shared: RateLimiterRedis | undefined

  constructor(id: string, policy: RateLimit, redis: Redis | undefined) {
    this.#policy = policy
    this.#windows = new RequestWindows(policy.seconds)
    if (redis)
      this.#shared = new RateLimiterRedis({
        points: policy.points,
        duration: policy.seconds,
        keyPrefix: `espalier:limit:${id}`,
        storeClient: redis,
        rejectIfRedisNotReady: true,
        // Who is over the limit is refused from memory, so that a flood does not reach Redis.
        inMemoryBlockOnConsumed: policy.points + 1,
      })
  }

  take(key: string, points: number): Allowance | Promise<Allowance> {
    return this.#shared ? this.#takeShared(this.#shared, key, points) : this.#takeHere(key, points)
  }

  async spent(key: string): Promise<Allowance | undefined> {
    const policy = this.#policy
    try {
      const state = await this.#shared?.get(key)
      if (state && state.consumedPoints >= policy.points) return allowanceOf(policy, state, true)
      if (this.#shared) return undefined
    } catch {
      // Redis is away: what was counted here meanwhile stands.
    }
    const window = this.#windows.get(key)
    return window && window.taken >= policy.points ? this.#allowance(window, true) : undefined
  }

  async #takeShared(shared: RateLimiterRedis, key: string, points: number): Promise<Allowance> {
    try {
      return allowanceOf(this.#policy, await shared.consume(key, points), false)
    } catch (refusal) {
      return refusal instanceof RateLimiterRes ? allowanceOf(this.#policy, refusal, true) : this.#takeHere(key, points)
    }
  }

  #takeHere(key: string, points: number): Allowance {
    const window = this.#windows.take(key, points)
    return this.#allowance(window, window.taken > this.#policy.points)
  }

  #allowance({ taken, until }: RequestWindow, refused: boolean): Allowance {
    const state = { remainingPoints: this.#policy.points - taken, msBeforeNext: until - performance.now() }
    return allowanceOf(this.#policy, state, refused)
  }
}

/** Throws {@link RateLimitedError} where the budget is used up. */
export function insist(allowance: Allowance | undefined): void {
  if (allowance?.refused) throw new RateLimitedError(Math.max(1, allowance.resetSeconds))
}

/** The headers of draft-ietf-httpapi-ratelimit-headers-10: `"default";q=100;w=60` and `"default";r=99;t=60`. */
export function rateLimitHeaders(headers: Pick<Headers, 'set'>, allowance: Allowance | undefined): void {
  if (!allowance) return
  headers.set('ratelimit-policy', policyText(allowance))
  headers.set('ratelimit', remainingText(allowance))
}

export function policyText({ policy }: Allowance): string {
  return `"default";q=${policy.points};w=${policy.seconds}`
}

export function remainingText({ remaining, resetSeconds }: Allowance): string {
  return `"default";r=${remaining};t=${resetSeconds}`
}

function subjectOf({ address, principal }: Caller): { kind: keyof DefaultRateLimits; key: string } | undefined {
  if (!principal) return { kind: 'anonymous', key: addressGroup(address) }
  if (principal.type === 'apiKey') return { kind: 'apiKey', key: `key:${principal.id}` }
  if (principal.type === 'user' && principal.role !== 'owner' && principal.role !== 'admin')
    return { kind: 'user', key: `user:${principal.id}` }
  return undefined
}

function allowanceOf(
  policy: RateLimit,
  state: Pick<RateLimiterRes, 'remainingPoints' | 'msBeforeNext'>,
  refused: boolean,
): Allowance {
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
