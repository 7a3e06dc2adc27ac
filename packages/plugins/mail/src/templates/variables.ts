import { Liquid, type Template } from 'liquidjs'

const analyzer = new Liquid()

/** Variables that templates name and data does not have, as "customer.name". Those that the mail plugin brings are left out. */
export function missingVariables(templates: readonly Template[], data: Readonly<Record<string, unknown>>): string[] {
  const missing = new Set<string>()
  for (const path of analyzer.globalVariableSegmentsSync([...templates])) {
    if (path[0] === 'mail') continue
    const name = missingPart(path, data)
    if (name) missing.add(name)
  }
  return [...missing].sort()
}

/** The beginning of the path up to what is not there; undefined when all of it is. */
function missingPart(path: readonly unknown[], data: unknown): string | undefined {
  const names: string[] = []
  let value = data
  for (const segment of path) {
    // An index that is a variable itself is known only when it is rendered.
    if (typeof segment === 'object') return undefined
    names.push(String(segment))
    if (Array.isArray(value) || typeof value === 'string') return undefined
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, String(segment))) return names.join('.')
    value = (value as Record<string, unknown>)[String(segment)]
  }
  return undefined
}
