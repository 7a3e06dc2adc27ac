/** A field that differs between two states of a thing. Undefined: it was not there. */
export interface ChangedField {
  /** From the top: "settings.transport", "variants.0.weight". */
  readonly path: string
  readonly before: string | undefined
  readonly after: string | undefined
}

/** What differs between two states of a thing, field by field; of something made or deleted every field. */
export function changedFields(before: unknown, after: unknown): ChangedField[] {
  const [old, now] = [leaves(before), leaves(after)]
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((path) => old.get(path) !== now.get(path))
    .map((path) => ({ path, before: old.get(path), after: now.get(path) }))
}

function leaves(value: unknown, path = '', found = new Map<string, string>()): Map<string, string> {
  if (value === null || value === undefined) {
    if (path !== '' && value === null) found.set(path, 'null')
  } else if (typeof value === 'object' && Object.keys(value).length > 0) {
    for (const [key, inner] of Object.entries(value)) leaves(inner, path === '' ? key : `${path}.${key}`, found)
  } else found.set(path === '' ? '·' : path, typeof value === 'string' ? value : JSON.stringify(value))
  return found
}
