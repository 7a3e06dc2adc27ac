/** The longest key. */
const longest = 60

/** What another service calls something, as a key: "checkoutButton_v2" becomes "checkout-button-v2". Empty where nothing is left. */
export function keyOf(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, longest)
    .replace(/^-+|-+$/g, '')
}

/** Keys of one import: two that come to the same get a number. */
export class FreeKeys {
  readonly #taken = new Set<string>()
  /** What the next of a name is called by. */
  readonly #next = new Map<string, number>()

  take(name: string, otherwise: string): string {
    const base = keyOf(name) || keyOf(otherwise) || 'imported'
    const stem = base.slice(0, longest - 5)
    let key = base
    let nth = this.#next.get(stem) ?? 2
    for (; this.#taken.has(key); nth++) key = `${stem}-${nth}`
    this.#next.set(stem, nth)
    this.#taken.add(key)
    return key
  }
}
