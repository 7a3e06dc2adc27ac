/** What every answer carries unless its route says otherwise, by name. */
const securityDefaults: readonly (readonly [string, string])[] = [
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'strict-origin-when-cross-origin'],
  // Pages may stand in frames of their own site (the admin previews them); a route may say otherwise.
  ['content-security-policy', "frame-ancestors 'self'"],
  ['cross-origin-opener-policy', 'same-origin-allow-popups'],
]

/** The same, for an installation that browsers reach over HTTPS alone, or not. */
export function securityDefaultsFor(https: boolean): readonly (readonly [string, string])[] {
  return https ? [...securityDefaults, ['strict-transport-security', 'max-age=31536000']] : securityDefaults
}

/** Sets what keeps browsers from guessing, framing and leaking; what a route has set itself stays. */
export function secureHeaders(headers: Headers, https: boolean): void {
  for (const [name, value] of securityDefaultsFor(https)) if (!headers.has(name)) headers.set(name, value)
}
