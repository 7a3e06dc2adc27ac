/** A door of a package whose exports are reported and described. */
export interface Door {
  /** Of its report and its pages: `core-testing`. */
  readonly name: string
  /** What one imports: `@espalier/core/testing`. */
  readonly specifier: string
  /** The source behind it, relative to its package. */
  readonly source: string
  /** The same as it is published. */
  readonly declarations: string
  /** Whether everything that its signatures name has to be exported. Those that lead to the kernel's inside show parts whose names nobody needs. */
  readonly closed: boolean
}

/**
 * What the house promises to keep: the doors that others write code against. Plugins have doors too; what they promise is
 * their part of the GraphQL schema, which has snapshots of its own.
 */
export const doors: readonly Door[] = [
  door('@espalier/core', 'src/index.ts'),
  door('@espalier/core/testing', 'src/testing/index.ts', { closed: false }),
  door('@espalier/core/server', 'src/server.ts', { closed: false }),
  door('@espalier/core/installation', 'src/installation/index.ts'),
  door('@espalier/admin-kit', 'src/index.ts'),
  door('@espalier/client', 'src/index.ts'),
  door('@espalier/client/site', 'src/site/index.ts'),
]

function door(specifier: string, source: string, { closed = true } = {}): Door {
  const name = specifier.replace('@espalier/', '').replaceAll('/', '-')
  return { name, specifier, source, declarations: source.replace(/\.ts$/, '.d.ts'), closed }
}

/** The package that a door belongs to. */
export function packageOfDoor({ specifier }: Door): string {
  return specifier.split('/').slice(0, 2).join('/')
}
