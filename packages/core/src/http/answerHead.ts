import { type Allowance, policyText, remainingText } from './rateLimits.ts'

/**
 * What the head of every answer on Node's own response begins with, flat, as Node writes it: an object with its keys would be
 * made only to be taken apart. The caller adds its own.
 *
 * @param length of the body, bytes
 */
export function beginHead(requestId: string, length: number, allowance: Allowance | undefined): string[] {
  const head = ['x-request-id', requestId, 'content-length', String(length)]
  if (allowance) head.push('ratelimit-policy', policyText(allowance), 'ratelimit', remainingText(allowance))
  return head
}
