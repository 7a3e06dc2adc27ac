import { maxDepth } from './blockData.ts'
import type { Catalog } from './blocks/catalog.ts'

type Report = (message: string, path: (string | number)[]) => void
type Json = Readonly<Record<string, unknown>>

/**
 * Content as Puck wrote it before 0.19, in today's shape: `root` without `props` gets them, and what stood in `zones` (those
 * of `<DropZone>`, under "<id of the block>:<name of the zone>") goes into the block, as a slot of the same name. As Puck's own
 * `migrate`, it leaves nothing behind: a zone that finds no slot is reported by its name.
 */
export function migratePuck(content: unknown, catalog: Catalog, report: Report): unknown {
  if (!isObject(content)) return content
  const { zones, root, ...rest } = content
  const migrated = { ...rest, root: isObject(root) && !Object.hasOwn(root, 'props') ? { props: root } : root }
  if (zones === undefined || zones === null) return migrated
  if (!isObject(zones)) {
    report('is no object of zones', ['zones'])
    return migrated
  }
  return { ...migrated, content: new Zones(zones, catalog, report).into(rest.content) }
}

class Zones {
  readonly #zones: Json
  readonly #catalog: Catalog
  readonly #report: Report
  /** Id of a block → the keys of its zones. */
  readonly #byBlock: ReadonlyMap<string, readonly string[]>
  readonly #used = new Set<string>()

  constructor(zones: Json, catalog: Catalog, report: Report) {
    this.#zones = zones
    this.#byBlock = Map.groupBy(Object.keys(zones), (key) => key.slice(0, key.lastIndexOf(':')))
    this.#catalog = catalog
    this.#report = report
  }

  into(content: unknown): unknown {
    const migrated = this.#list(content, 1)
    for (const key of Object.keys(this.#zones))
      if (!this.#used.has(key))
        this.#report(
          `is the zone "${key}", which belongs to no block on this page. A zone is named "<id of the block>:<name of the zone>"; put its blocks into a block's slot, or leave it out`,
          ['zones', key],
        )
    return migrated
  }

  #list(blocks: unknown, depth: number): unknown {
    if (!Array.isArray(blocks)) return blocks
    return blocks.map((block) => this.#block(block, depth))
  }

  #block(block: unknown, depth: number): unknown {
    // What is no block, or too deep, is refused by the check that follows.
    if (!isObject(block) || !isObject(block.props) || depth > maxDepth) return block
    const { type, props } = block
    const own = (typeof props.id === 'string' && this.#byBlock.get(props.id)) || []
    const added = own.flatMap((key) => {
      if (this.#used.has(key)) return []
      this.#used.add(key)
      const name = key.slice(key.lastIndexOf(':') + 1)
      const names = slotNames(this.#catalog, type, props)
      if (names && !names.includes(name)) {
        const has = names.length > 0 ? `the slots ${names.join(', ')}` : 'no slots'
        this.#report(`is the zone "${key}", but the ${type} "${props.id}" has ${has}`, ['zones', key])
      } else if (!isEmpty(props[name]) && !isEmpty(this.#zones[key]))
        this.#report(`is the zone "${key}", and the block has blocks in its slot "${name}" already`, ['zones', key])
      return [[name, isEmpty(this.#zones[key]) ? props[name] : this.#zones[key]] as const]
    })
    const slots = [...Object.entries(props), ...added].map(
      ([name, value]) => [name, Array.isArray(value) ? this.#list(value, depth + 1) : value] as const,
    )
    return { ...block, props: Object.fromEntries(slots) }
  }
}

/** The slots of a block; undefined where it is of an unknown kind or its props are wrong, which the check that follows says. */
function slotNames(catalog: Catalog, type: unknown, props: Json): readonly string[] | undefined {
  const block = typeof type === 'string' ? catalog.get(type) : undefined
  const parsed = block?.props.safeParse(props)
  return parsed?.success ? (block?.slots?.(parsed.data) ?? []) : undefined
}

function isEmpty(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0)
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
