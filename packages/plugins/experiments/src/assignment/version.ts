/**
 * Compares versions such as "v2.10.0-beta.2+build": negative when the first is before the second. Pre-releases come before
 * their release, and what follows "+" does not count.
 *
 * Source: GrowthBook SDK specification, "paddedVersionString": the parts, numbers padded to five places, compared as text.
 */
export function compareVersions(first: unknown, second: unknown): number {
  const [a, b] = [padded(first), padded(second)]
  return a < b ? -1 : a > b ? 1 : 0
}

function padded(version: unknown): string {
  const text = typeof version === 'number' ? String(version) : typeof version === 'string' && version ? version : '0'
  const [release = ''] = text.replace(/^v/, '').split('+', 1)
  const parts = release.split(/[-.]/)
  // "~" is after every letter and digit, so that a release is after its pre-releases.
  if (parts.length === 3) parts.push('~')
  return parts.map((part) => (/^\d+$/.test(part) ? part.padStart(5, ' ') : part)).join('-')
}
