import { startError } from '../errors.ts'
import type { Builder } from './builder.ts'

/** The two doors through which every definition comes to a builder. Both are methods of its config store. */
interface Store {
  addTypeRef(ref: { onConfig(hear: (config: { name: string }) => void): void }): void
  addFields(type: unknown, fields: () => Record<string, unknown>): void
  onTypeConfig(type: unknown, hear: (config: { name: string }) => void): void
}

/**
 * Knows which plugin defined what, so that a name taken twice stops the start with the names of both
 * plugins; Pothos by itself names only the type.
 */
export class Ownership {
  readonly #owners = new Map<string, string>()
  #current = 'the kernel'

  constructor(builder: Builder) {
    const store = builder.configStore as unknown as Store
    const addTypeRef = store.addTypeRef.bind(store)
    const addFields = store.addFields.bind(store)
    store.addTypeRef = (ref) => {
      const owner = this.#current
      const known = new Set<string>()
      // Heard before Pothos hears it, which would refuse a duplicate in its own words.
      ref.onConfig(({ name }) => {
        if (!known.has(name)) this.#claim('type', name, owner)
        known.add(name)
      })
      addTypeRef(ref)
    }
    store.addFields = (type, fields) => {
      const owner = this.#current
      let typeName = String(type)
      store.onTypeConfig(type, (config) => {
        typeName = config.name
      })
      addFields(type, () => {
        const added = fields()
        for (const name of Object.keys(added)) this.#claim('field', `${typeName}.${name}`, owner)
        return added
      })
    }
  }

  /** Everything that `define` defines is the plugin's. */
  as(plugin: string, define: () => void): void {
    const before = this.#current
    this.#current = plugin
    try {
      define()
    } finally {
      this.#current = before
    }
  }

  /** Who defined `Type` or `Type.field`. */
  ownerOf(name: string): string {
    return this.#owners.get(name) ?? this.#owners.get(name.split('.')[0] as string) ?? 'the kernel'
  }

  #claim(kind: 'type' | 'field', name: string, owner: string): void {
    const first = this.#owners.get(name)
    if (first !== undefined) throw startError('DEFINITION_DUPLICATED', `GraphQL ${kind}`, name, first, owner)
    this.#owners.set(name, owner)
  }
}
