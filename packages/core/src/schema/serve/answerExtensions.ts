import type { Allowance } from '../../http/rateLimits.ts'

/** What an operation costs, in the units of `complexity.ts`. */
export interface OperationCost {
  readonly requested: number
  /** What one operation may cost at most. */
  readonly limit: number
}

/**
 * What an answer says beside its data: the operation's cost, and what is left of the caller's budget of requests. The names are
 * kept for clients; docs/graphql.md explains them.
 */
export interface AnswerExtensions {
  cost?: OperationCost
  rateLimit?: {
    /** Requests in a window. */
    limit: number
    remaining: number
    windowSeconds: number
    /** Seconds until the window starts anew. */
    resetSeconds: number
  }
}

/** @returns undefined where there is nothing to say: a caller without limits, refused before the cost was known */
export function answerExtensions(
  cost: OperationCost | undefined,
  allowance: Allowance | undefined,
): AnswerExtensions | undefined {
  if (!cost && !allowance) return undefined
  return {
    ...(cost && { cost }),
    ...(allowance && {
      rateLimit: {
        limit: allowance.policy.points,
        remaining: allowance.remaining,
        windowSeconds: allowance.policy.seconds,
        resetSeconds: allowance.resetSeconds,
      },
    }),
  }
}

/** A result that says so too; what it has under these names already stands. */
export function withExtensions<Result extends object>(result: Result, told: AnswerExtensions | undefined): Result {
  if (!told) return result
  const { extensions } = result as { extensions?: object }
  return { ...result, extensions: { ...extensions, ...told, ...extensions } }
}

/** Asks for the cost alone: nothing is executed, and no budget of a field is taken from. */
export const dryRunHeader = 'x-espalier-dry-run'

export function isDryRun(headers: Pick<Headers, 'get'>): boolean {
  const asked = headers.get(dryRunHeader)
  return asked !== null && asked !== 'false'
}
