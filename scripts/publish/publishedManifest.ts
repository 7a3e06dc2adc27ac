import type { Manifest } from './publishable.ts'

/** What the published files of a package import, by the part of it that does. */
export interface PublishedImports {
  /** Its modules, but for those of the other parts. */
  readonly modules: ReadonlySet<string>
  /** Its declarations, but for those of the other parts. */
  readonly types: ReadonlySet<string>
  /** What not everybody loads, code and types: its pages (`admin/`) and its doubles for tests (`testing/`). */
  readonly optional: ReadonlySet<string>
}

/** Of these there may be one copy in a process or a page, whoever brings it. */
const shared = new Set(['react', 'react-dom'])

/**
 * The package.json that npm shows, made from the one in the repository.
 *
 * Packages of the house become peers, in the range that a plugin may count on: there is one kernel and one of each plugin
 * in an installation, and two copies would not know each other's values. What only pages and tests import is an optional peer: a
 * server does without React.
 *
 * @param house the root's package.json: version, licence, repository
 * @param imports what was compiled imports: a package that it does not list is an error
 * @param versions of everything that any package of the house takes: there is one of each
 * @param hasStyles whether CSS is imported for its effect
 * @throws Error naming each import that package.json does not list
 */
export function publishedManifest(
  manifest: Manifest,
  house: Manifest,
  imports: PublishedImports,
  versions: Readonly<Record<string, string>>,
  hasStyles: boolean,
): object {
  const dependencies: Record<string, string> = {}
  const peers: Record<string, string> = { ...manifest.peerDependencies }
  const optional = new Set(
    Object.entries(manifest.peerDependenciesMeta ?? {}).flatMap(([name, meta]) => (meta.optional ? [name] : [])),
  )
  for (const [name, version] of Object.entries(manifest.dependencies ?? {})) {
    if (isOwn(name) || shared.has(name)) peers[name] = rangeOf(name, version, house)
    else dependencies[name] = version
  }

  const listed = (name: string) => name in dependencies || name in peers || name === manifest.name
  const missing: string[] = []
  for (const name of imports.types) {
    const version = versions[name]
    if (!listed(name) && version) {
      if (isOwn(name)) peers[name] = rangeOf(name, version, house)
      else dependencies[name] = version
    }
    const types = typesOf(name)
    if (manifest.devDependencies?.[types]) dependencies[types] = manifest.devDependencies[types]
  }
  for (const name of imports.optional) {
    const version = versions[name]
    if (listed(name) || !version) continue
    peers[name] = rangeOf(name, version, house)
    optional.add(name)
  }
  for (const name of new Set([...imports.modules, ...imports.types, ...imports.optional])) {
    if (!listed(name)) missing.push(name)
  }
  if (missing.length > 0)
    throw new Error(
      `${manifest.name} imports ${missing.join(', ')}, which its package.json does not list: add what it runs with to "dependencies", what its pages and doubles alone need to "devDependencies".`,
    )

  return {
    name: manifest.name,
    version: house.version,
    description: manifest.description,
    license: manifest.license ?? house.license,
    repository: house.repository,
    type: 'module',
    engines: manifest.engines ?? { node: '>=24' },
    sideEffects: manifest.sideEffects ?? (hasStyles ? ['**/*.css'] : false),
    exports: publishedDoors(manifest.exports ?? {}),
    bin: manifest.bin && Object.fromEntries(Object.entries(manifest.bin).map(([name, file]) => [name, compiled(file)])),
    dependencies: sorted(dependencies),
    peerDependencies: sorted(peers),
    peerDependenciesMeta: Object.fromEntries([...optional].sort().map((name) => [name, { optional: true }])),
    publishConfig: { access: 'public' },
  }
}

/** Types first: TypeScript takes the first condition that it knows. */
function publishedDoors(doors: Readonly<Record<string, string>>): object {
  return {
    ...Object.fromEntries(
      Object.entries(doors).map(([door, source]) => [
        door,
        /\.tsx?$/.test(source) ? { types: source.replace(/\.tsx?$/, '.d.ts'), default: compiled(source) } : source,
      ]),
    ),
    './package.json': './package.json',
  }
}

function compiled(source: string): string {
  return source.replace(/\.tsx?$/, '.js')
}

function isOwn(name: string): boolean {
  return name.startsWith('@espalier/')
}

function rangeOf(name: string, version: string, house: Manifest): string {
  return `^${isOwn(name) ? house.version : version}`
}

/** `@types/better-auth__core` for `@better-auth/core`: where DefinitelyTyped puts the types of a package without its own. */
function typesOf(name: string): string {
  return `@types/${name.replace(/^@(.+)\/(.+)$/, '$1__$2')}`
}

function sorted(entries: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(entries).sort(([one], [other]) => one.localeCompare(other, 'en')))
}
