import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join, posix, relative } from 'node:path'
import { importedSpecifiers, packageOf } from './imports.ts'
import { type Publishable, readManifest, versionsOf } from './publishable.ts'
import { type PublishedImports, publishedManifest } from './publishedManifest.ts'

/**
 * Lays a package out as it is published: what was compiled, in the places that the sources have; everything beside them that is
 * read at run time (styles, templates, migrations, bundles for browsers); package.json, README and licence.
 *
 * @param emitted where {@link emit} has put the compiled files
 * @param target the folder of this package, emptied first
 * @throws Error for a package without README, or that imports what it does not list
 */
export async function stage(root: string, { folder, manifest }: Publishable, emitted: string, target: string) {
  await rm(target, { recursive: true, force: true })
  await mkdir(target, { recursive: true })
  await cp(join(emitted, folder), target, { recursive: true })
  for (const file of filesBeside(join(root, folder))) {
    await mkdir(dirname(join(target, file)), { recursive: true })
    await cp(join(root, folder, file), join(target, file))
  }
  if (!existsSync(join(target, 'README.md')))
    throw new Error(`${folder} has no README.md, which is its page on npm. Write one.`)
  await cp(join(root, 'LICENSE'), join(target, 'LICENSE'))

  const files = filesOf(target)
  const published = publishedManifest(
    manifest,
    readManifest(root),
    await importsOf(target, Object.values(manifest.exports ?? {}), files),
    versionsOf(root),
    files.some((file) => file.endsWith('.css')),
  )
  await writeFile(join(target, 'package.json'), `${JSON.stringify(published, null, 2)}\n`)
}

/** What is neither source nor test nor made for the work on the package, relative to its folder. */
function filesBeside(folder: string): string[] {
  return filesOf(folder, new Set(['node_modules', 'test'])).filter(
    (file) => !/(^|\/)(\.|build\.mjs$|vite\.config|tsconfig)|\.(tsx?|sha256)$|^package\.json$/.test(file),
  )
}

function filesOf(folder: string, without: ReadonlySet<string> = new Set()): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !without.has(name))
    .flatMap((entry) =>
      entry.isDirectory()
        ? filesOf(join(folder, entry.name), without).map((file) => `${entry.name}/${file}`)
        : [relative(folder, join(folder, entry.name))],
    )
}

/**
 * What the files of a package import. Declarations that no door leads to are removed on the way: nobody can see them, and what
 * they import would have to be installed for nothing.
 */
async function importsOf(
  folder: string,
  doors: readonly string[],
  files: readonly string[],
): Promise<PublishedImports> {
  const imports = { modules: new Set<string>(), types: new Set<string>(), optional: new Set<string>() }
  const add = (file: string, specifiers: Iterable<string>, part: 'modules' | 'types') => {
    const names = [...specifiers].map(packageOf).filter((name) => name !== undefined)
    for (const name of names) imports[/(^admin|(^|\/)testing)\//.test(file) ? 'optional' : part].add(name)
  }
  const specifiersIn = (file: string, kind: 'module' | 'declarations') =>
    importedSpecifiers(readFileSync(join(folder, file), 'utf8'), kind)

  for (const file of files) {
    // Bundles for browsers hold all that they need.
    if (file.endsWith('.js') && !file.startsWith('dist/')) add(file, specifiersIn(file, 'module'), 'modules')
  }
  const seen = new Set<string>()
  const follow = (file: string) => {
    if (seen.has(file) || !file.endsWith('.d.ts') || !files.includes(file)) return
    seen.add(file)
    const specifiers = specifiersIn(file, 'declarations')
    add(file, specifiers, 'types')
    for (const specifier of specifiers)
      if (specifier.startsWith('.')) follow(posix.join(dirname(file), specifier.replace(/\.js$/, '.d.ts')))
  }
  for (const source of doors) follow(posix.normalize(source.replace(/\.tsx?$/, '.d.ts')))
  for (const file of files) if (file.endsWith('.d.ts') && !seen.has(file)) await rm(join(folder, file))
  return imports
}
