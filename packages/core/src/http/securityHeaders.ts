/** What every answer carries unless its route says otherwise, by name. */
export const securityDefaults: readonly (readonly [string, string])[] = [
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'strict-origin-when-cross-origin'],
  // Pages may stand in frames of their own site (the admin previews them); a route may say otherwise.
  ['content-security-policy', "frame-ancestors 'self'"],
  ['cross-origin-opener-policy', 'same-origin-allow-popups'],
]

/** Sets what keeps browsers from guessing, framing and leaking; what a route has set itself stays. */
export function secureHeaders(headers: Headers, https: boolean): void {
  for (const [name, value] of securityDefaults) if (!headers.has(name)) headers.set(name, value)
  if (https && !headers.has('strict-transport-security')) headers.set('strict-transport-security', 'max-age=31536000')
}
