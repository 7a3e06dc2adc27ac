/** The id by which the API knows a thing whose plain id stands in an address: ("Page", uuid) → "UGFnZTo…". */
export function globalId(type: string, plain: string): string {
  return /^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(plain) ? btoa(`${type}:${plain}`) : plain
}

/** The plain id for an address, of an id of the API. What is none of these stays as it is. */
export function plainId(global: string): string {
  try {
    const text = atob(global)
    return text.includes(':') ? text.slice(text.indexOf(':') + 1) : global
  } catch {
    return global
  }
}
