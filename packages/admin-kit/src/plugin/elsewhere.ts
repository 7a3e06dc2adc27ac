/** A page of another plugin, by name. Made by `elsewhere`, and named among the `links` of who leads there. */
export interface Elsewhere<Path extends string = string, Search extends object = object> {
  readonly plugin: string
  readonly path: Path
  /** A state of that page as links give it: where the page does not read it back, the app says so. */
  readonly search: Search
}

/**
 * Names a page of another plugin without importing it: that plugin may be switched off, or be another one of the same
 * name.
 *
 * @param to.plugin that of the server: "tracking"
 * @param to.path as its page has it: "traffic", "generations/$id"
 * @param to.search an example of the state that is given in the address. Links take what has its type
 * @example export const traffic = elsewhere({ plugin: 'tracking', path: 'traffic', search: { range: '28d' } })
 */
export function elsewhere<const Path extends string, Search extends object = Record<never, never>>(to: {
  plugin: string
  path: Path
  search?: Search
}): Elsewhere<Path, Search> {
  return { plugin: to.plugin, path: to.path, search: to.search ?? ({} as Search) }
}
