/** One thing that is wrong, with the field that it is about where the form has that field. */
export interface Wrong {
  readonly message: string
  readonly field?: string
}

/**
 * Finds the fields of a form that the issues of a refused mutation are about. The API counts from the argument down:
 * "input.variants.0.weight" is the field "variants.0.weight", else the nearest above it, "variants.0" or "variants".
 *
 * @param fields names of the fields that are shown
 * @param problem issues without a field of their own, and a problem without issues, come back without `field`
 */
export function wrongsOf(
  fields: readonly string[],
  problem: {
    readonly message: string
    readonly issues: readonly { readonly path: string; readonly message: string }[]
  },
): Wrong[] {
  if (problem.issues.length === 0) return [{ message: problem.message }]
  return problem.issues.map(({ path, message }) => {
    const field = fieldFor(path.split('.'), fields)
    return field === undefined ? { message } : { message, field }
  })
}

function fieldFor(path: readonly string[], fields: readonly string[]): string | undefined {
  for (const start of [1, 0])
    for (let end = path.length; end > start; end--) {
      const name = path.slice(start, end).join('.')
      if (fields.includes(name)) return name
    }
  return undefined
}
