/**
 * Where an address leads, without what may be a secret in it: "https://hooks.example.com/…". Receivers such as chat services know
 * their senders by the path or the query.
 *
 * @param address an absolute http or https URL
 */
export function serverOf(address: string): string {
  const { origin, pathname, search, hash } = new URL(address)
  return pathname === '/' && !search && !hash ? `${origin}/` : `${origin}/…`
}
