/** For how many days at least something public goes on working after it was deprecated. */
const notice = 180

const form = /^Use .+\. Deprecated on \d{4}-\d{2}-\d{2}, works until (?<until>\d{4}-\d{2}-\d{2}) at least\.$/s

/**
 * The `deprecationReason` of a field, argument, input field or enum value of the public schema.
 *
 * @param on the day from which it is deprecated, "2026-11-22"
 * @param use what to use instead, and where that differs: "until, which means the same"
 * @throws RangeError for a day that is none
 *
 * @example t.arg({ type: 'Date', deprecationReason: deprecated('2026-11-22', 'until') })
 */
export function deprecated(on: string, use: string): string {
  const until = new Date(`${on}T00:00:00Z`)
  if (Number.isNaN(until.getTime())) throw new RangeError(`"${on}" is no day: write it as "2026-11-22".`)
  until.setUTCDate(until.getUTCDate() + notice)
  return `Use ${use}. Deprecated on ${on}, works until ${until.toISOString().slice(0, 10)} at least.`
}

/** The day from which something with this reason may be removed; undefined for a reason in another form. */
export function worksUntil(reason: string | null | undefined): string | undefined {
  return form.exec(reason ?? '')?.groups?.until
}
