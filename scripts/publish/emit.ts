import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { programOutput } from './programOutput.ts'
import type { Publishable } from './publishable.ts'

/**
 * Compiles what the doors of the packages lead to, and nothing else, to JavaScript with declarations. Files keep their
 * places below `target`, so that a path relative to a module means the same before and after.
 *
 * @param target a folder that is emptied first
 * @returns what the compiler complained about; it has written the files all the same
 */
export async function emit(root: string, packages: readonly Publishable[], target: string): Promise<string[]> {
  await rm(target, { recursive: true, force: true })
  await mkdir(target, { recursive: true })
  const doors = packages.flatMap(({ folder, manifest }) =>
    Object.values(manifest.exports ?? {})
      .filter((source) => /\.tsx?$/.test(source))
      .map((source) => ({ inBrowser: isForBrowsers(folder, source), file: join(root, folder, source) })),
  )
  const paths = pathsOf(root, packages)
  const kinds = Map.groupBy(doors, ({ inBrowser }) => inBrowser)
  const faults: string[] = []
  for (const [inBrowser, found] of kinds) {
    const config = join(target, inBrowser ? 'tsconfig.browser.json' : 'tsconfig.node.json')
    const base = inBrowser ? 'packages/admin/tsconfig.json' : 'tsconfig.json'
    await writeFile(config, JSON.stringify(project(root, base, target, inBrowser, found, paths)))
    await programOutput('tsc', ['-p', config, '--pretty', 'false'], root).catch((error: Error) => {
      faults.push(error.message)
    })
  }
  nameEmittedFiles(target)
  return faults
}

function isForBrowsers(folder: string, source: string): boolean {
  return ['packages/admin-kit', 'packages/client'].includes(folder) || source.startsWith('./admin/')
}

function project(
  root: string,
  base: string,
  target: string,
  inBrowser: boolean,
  doors: readonly { readonly file: string }[],
  paths: object,
): object {
  return {
    extends: join(root, base),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      // The source travels within the map: beside the JavaScript, TypeScript would read it instead of the declarations.
      sourceMap: true,
      inlineSources: true,
      rewriteRelativeImportExtensions: true,
      paths,
      rootDir: root,
      outDir: target,
      typeRoots: [join(root, 'node_modules/@types')],
      ...(inBrowser ? { types: [join(root, 'node_modules/vite/client')] } : {}),
    },
    files: doors.map(({ file }) => file),
    include: [],
    exclude: [],
  }
}

/** Where each door leads. Through the links in node_modules the compiler would take some of the house's files for somebody else's. */
function pathsOf(root: string, packages: readonly Publishable[]): object {
  return Object.fromEntries(
    packages.flatMap(({ name, folder, manifest }) =>
      Object.entries(manifest.exports ?? {}).map(([door, source]) => [
        name + door.slice(1),
        [join(root, folder, source)],
      ]),
    ),
  )
}

/**
 * In declarations the compiler leaves `./x.ts` as it was written; what is there is `./x.js` and its `./x.d.ts`. Styles, which it leaves
 * too, declare nothing.
 */
function nameEmittedFiles(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.d.ts')) continue
    const file = join(entry.parentPath, entry.name)
    const text = readFileSync(file, 'utf8')
    const named = text
      .replaceAll(/((?:from|import|module) ?\(?['"]\.{1,2}\/[^'"\n]+?)\.tsx?(['"])/g, '$1.js$2')
      .replaceAll(/^import ['"].+\.css['"];\n/gm, '')
    if (named !== text) writeFileSync(file, named)
  }
}
