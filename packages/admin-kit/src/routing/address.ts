/**
 * The state of a page in its address: "?range=30d&filters=%7B…%7D". A text stands as it is, everything else as JSON,
 * and so does a text that could be taken for JSON ("42", "true").
 *
 * @param state what is undefined, or has the value that it has in `usual`, is left out: addresses stay short
 * @returns with its question mark; empty where nothing is left
 */
export function writeSearch(state: object, usual: object = {}): string {
  const defaults = new Map<string, unknown>(Object.entries(usual))
  const written = new URLSearchParams()
  for (const [key, value] of Object.entries(state)) {
    if (value === undefined || JSON.stringify(value) === JSON.stringify(defaults.get(key))) continue
    written.set(key, typeof value === 'string' && !asJson(value) ? value : JSON.stringify(value))
  }
  const text = written.toString()
  return text === '' ? '' : `?${text}`
}

/** What `writeSearch` wrote, and anything that people write by hand: no text is refused. */
export function readSearch(search: string): Record<string, unknown> {
  return Object.fromEntries(
    [...new URLSearchParams(search)].map(([key, text]) => {
      const json = asJson(text)
      return [key, json ? json.value : text]
    }),
  )
}

function asJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

/** The path of a page with its parameters: ("pages/$id", { id: "1" }) → "pages/1". */
export function writePath(path: string, params: Readonly<Record<string, string>> = {}): string {
  return path.replace(/\$(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
}

/**
 * The parameters of a path, decoded.
 *
 * @param pattern "pages/$id"; a parameter is one segment, and never empty
 * @param path without a slash at either end
 * @returns undefined where the path is another one
 */
export function readPath(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/')
  const given = path.split('/')
  if (wanted.length !== given.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, segment] of wanted.entries()) {
    const text = decoded(given[index] ?? '')
    if (text === undefined) return undefined
    if (segment.startsWith('$') && text !== '') params[segment.slice(1)] = text
    else if (segment !== text) return undefined
  }
  return params
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}
