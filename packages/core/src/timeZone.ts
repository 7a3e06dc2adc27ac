/** Whether it is an IANA name. Offsets such as "+05:30" are none: PostgreSQL counts them westward, as POSIX does. */
export function isTimeZone(name: string): boolean {
  if (!/^[a-z]/i.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
