import type { Usage } from './prices.ts'

/**
 * Tokens as a service has counted them. Whatever is no whole number that the ledger can keep counts as untold: then what was set
 * aside is what it cost, and the answer is not lost for it.
 */
export function usageFrom(input: unknown, cached: unknown, output: unknown): Usage | undefined {
  if (!isCount(input) || !isCount(output ?? 0)) return undefined
  return { inputTokens: input, cachedTokens: isCount(cached) ? cached : 0, outputTokens: (output ?? 0) as number }
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= mostTokens
}

/** Far above any context: two requests together still fit into the column. */
const mostTokens = 1_000_000_000
