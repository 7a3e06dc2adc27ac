import { readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { resolveModulePath } from 'exsolve'
import { rolldown } from 'rolldown'
import { manifestOf, packageFolders, standsApart } from './dependencies.mjs'
import { root } from './runtime.mjs'

/**
 * Puts the server, its plugins and what they stand on into a few files, packages/server/dist: a process loads four thousand
 * modules otherwise, which takes longer than all else that it does before it answers. Its program is espalier.js.
 *
 * Plugins from outside are loaded as they are. What they ask the house for is found as ever, and answered with the bundle's
 * copy, so that there is one of each in a process.
 */
const folder = join(root, 'packages/server/dist')
const doors = findDoors()

const bundle = await rolldown({
  cwd: root,
  platform: 'node',
  input: { cli: 'packages/server/src/cli.ts', ...Object.fromEntries(doors) },
  resolve: { conditionNames: ['node', 'import', 'module-sync', 'default'], mainFields: ['main'] },
  plugins: [leaveOut(), whereItWas()],
})
const { output } = await bundle.write({
  dir: folder,
  format: 'esm',
  sourcemap: true,
  entryFileNames: '[name]-[hash].js',
  chunkFileNames: '[name]-[hash].js',
})
await replaceProgram()
await forgetOld(new Set(output.map(({ fileName }) => fileName)))

/** What the house's packages export to whoever runs them: name in the bundle → file. */
function findDoors() {
  const folders = ['prisma', ...packageFolders().filter((path) => /^packages\/(core|plugins\/)/.test(path))]
  return folders
    .filter((path) => !standsApart(path))
    .flatMap((path) => {
      const { name, exports } = manifestOf(path)
      return Object.entries(exports)
        .filter(([door]) => !/^\.\/(testing|admin)\b/.test(door))
        .map(([door, file]) => [
          `${name.replace('@espalier/', '')}${door.slice(1)}`.replaceAll('/', '.'),
          join(path, file),
        ])
    })
}

/**
 * Leaves packages to be loaded from node_modules: what plugins from outside share with the kernel, what finds files beside
 * itself, and what is imported when it is needed only.
 */
function leaveOut() {
  const shared = /^(graphql|zod|@pothos\/[^/]+|@prisma\/[^/]+|pg|pino|exsolve|esbuild)(\/|$)/
  const conditions = ['node', 'import', 'module-sync', 'default']
  const found = (specifier, from) =>
    resolveModulePath(specifier, { from: pathToFileURL(from), conditions, try: true, cache: true })
  return {
    name: 'leave-out',
    resolveId: {
      filter: { id: /^(@[^/]+\/)?[a-zA-Z0-9][^:]*$/ },
      handler(specifier, importer, { kind }) {
        if (specifier.startsWith('@espalier/') || !importer) return null
        if (kind !== 'dynamic-import' && !shared.test(specifier)) return null
        // Another version than the importer's may be the one that is seen from the bundle.
        const seen = found(specifier, join(folder, 'espalier.js'))
        return seen !== undefined && seen === found(specifier, importer) ? { id: specifier, external: true } : null
      },
    },
  }
}

/** Modules find files by where they lie: tells them where that was, seen from the bundle, which may be moved with its clone. */
function whereItWas() {
  return {
    name: 'where-it-was',
    transform: {
      filter: { code: /\bimport\.meta\.(url|dirname|filename)\b/, id: /\.(m?js|ts)$/ },
      handler(code, id) {
        const path = (file) =>
          `process.getBuiltinModule('node:path').join(import.meta.dirname, ${JSON.stringify(relative(folder, file).split(sep).join('/'))})`
        const now = {
          filename: path(id),
          dirname: path(dirname(id)),
          url: `process.getBuiltinModule('node:url').pathToFileURL(${path(id)}).href`,
        }
        // Lines stay where they are.
        return { code: code.replaceAll(/\bimport\.meta\.(filename|dirname|url)\b/g, (_, what) => now[what]), map: null }
      },
    },
  }
}

/** The file that is run: from then on, whoever imports a door gets the bundle's. */
async function replaceProgram() {
  const made = (name) => `./${output.find((chunk) => chunk.isEntry && chunk.name === name).fileName}`
  const bundled = doors.map(([name, file]) => [relative(folder, join(root, file)).split(sep).join('/'), made(name)])
  const file = join(folder, 'espalier.js')
  await writeFile(
    `${file}.part`,
    `import module from 'node:module'
const bundled = new Map(
  ${JSON.stringify(bundled)}.map((pair) => pair.map((path) => new URL(path, import.meta.url).href)),
)
module.registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context)
    const url = bundled.get(resolved.url)
    return url ? { ...resolved, url, format: 'module' } : resolved
  },
})
await import('${made('cli')}')
`,
  )
  await rename(`${file}.part`, file)
}

/** Files of earlier bundles, an hour later: a process that runs still loads some of its own when it needs them. */
async function forgetOld(kept) {
  for (const name of await readdir(folder)) {
    const file = join(folder, name)
    if (kept.has(name) || name === 'espalier.js') continue
    if (Date.now() - (await stat(file)).mtimeMs > 3_600_000) await rm(file, { force: true })
  }
}
