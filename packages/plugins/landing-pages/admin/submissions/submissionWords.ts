/** A submission in one line: the first things that were sent. */
export function submissionWords(values: unknown): string {
  if (typeof values !== 'object' || values === null) return ''
  return Object.values(values)
    .filter((value) => typeof value === 'string' && value !== '')
    .slice(0, 3)
    .join(' · ')
}
