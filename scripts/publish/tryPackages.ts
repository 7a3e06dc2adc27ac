import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { PackedPackage } from './packPackages.ts'
import { programOutput } from './programOutput.ts'
import { readManifest } from './publishable.ts'

/** One thing that was tried with the packed packages. */
export interface Trial {
  readonly name: string
  /** What it said, where it failed. */
  readonly failure?: string
}

const trialFolder = join(import.meta.dirname, 'trial')

/**
 * Does what somebody does who has nothing but the packages: unpacks them into a project outside of the repository, compiles a
 * plugin against them the way Node and the way bundlers resolve, loads every door, and starts a kernel with that plugin.
 *
 * Nothing is downloaded. Packages of others are links into the repository's node_modules, and each package sees only those that its
 * package.json names, so that one that it forgot is missing here too.
 */
export async function tryPackages(root: string, packages: readonly PackedPackage[]): Promise<Trial[]> {
  const project = await realpath(await mkdtemp(join(tmpdir(), 'espalier-trial-')))
  try {
    await install(root, project, packages)
    const trials: Trial[] = []
    const attempt = async (name: string, program: string, args: readonly string[]) => {
      const failure = await programOutput(program, args, project).then(
        () => undefined,
        (error: Error) => error.message,
      )
      trials.push({ name, ...(failure === undefined ? {} : { failure }) })
    }
    const tsc = join(root, 'node_modules/.bin/tsc')
    await attempt('a plugin compiles as Node resolves', tsc, ['-p', 'tsconfig.node.json', '--pretty', 'false'])
    await attempt('a plugin compiles as bundlers resolve', tsc, ['-p', 'tsconfig.bundler.json', '--pretty', 'false'])
    await attempt('every door of the server’s packages opens', process.execPath, ['doors.mjs'])
    await attempt('a kernel starts with a plugin', process.execPath, ['built/start.js'])
    return trials
  } finally {
    await rm(project, { recursive: true, force: true })
  }
}

async function install(root: string, project: string, packages: readonly PackedPackage[]): Promise<void> {
  for (const { name, folder, tarball } of packages) {
    const target = join(project, 'node_modules', name)
    await mkdir(target, { recursive: true })
    await programOutput('tar', ['-xzf', tarball, '--strip-components=1', '-C', target], project)
    const manifest = readManifest(target)
    const wanted = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
    for (const each of wanted.filter((other) => !packages.some(({ name }) => name === other)))
      await link(root, join(root, folder), each, target)
  }
  for (const name of ['zod', 'pg', 'pino', '@types/node', '@types/pg', 'react', '@types/react', 'lucide-react'])
    await link(root, root, name, project)
  for (const file of ['greeter.ts', 'start.ts']) await cp(join(trialFolder, file), join(project, file))
  await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'trial', private: true, type: 'module' }))
  await writeFile(join(project, 'doors.mjs'), doorsOf(packages))
  const options = {
    target: 'es2024',
    strict: true,
    types: ['node'],
    // What the packages declare is compiled too; what they stand on is not ours to mend.
    skipLibCheck: true,
    verbatimModuleSyntax: true,
    rewriteRelativeImportExtensions: true,
  }
  const files = ['greeter.ts', 'start.ts']
  await writeFile(
    join(project, 'tsconfig.node.json'),
    JSON.stringify({ compilerOptions: { ...options, module: 'nodenext', outDir: 'built', rootDir: '.' }, files }),
  )
  await writeFile(
    join(project, 'tsconfig.bundler.json'),
    JSON.stringify({
      compilerOptions: {
        ...options,
        module: 'esnext',
        moduleResolution: 'bundler',
        noEmit: true,
        allowImportingTsExtensions: true,
      },
      files,
    }),
  )
}

/** Puts a link to a package into a folder's node_modules, the copy that `from` resolves in the repository. */
async function link(root: string, from: string, name: string, target: string): Promise<void> {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name)
    if (existsSync(found)) {
      const place = join(target, 'node_modules', name)
      await mkdir(dirname(place), { recursive: true })
      return symlink(await realpath(found), place, 'junction')
    }
    if (folder === root || folder === dirname(folder)) throw new Error(`${name} is not installed below ${root}.`)
  }
}

/** Imports each door that Node opens: pages are for bundlers, and what tests use wants vitest around it. */
function doorsOf(packages: readonly PackedPackage[]): string {
  const doors = packages.flatMap(({ name, manifest }) =>
    Object.entries(manifest.exports ?? {})
      .filter(([door, source]) => source.endsWith('.ts') && !door.includes('testing') && name !== '@espalier/admin-kit')
      .map(([door]) => name + door.slice(1)),
  )
  return doors
    .map((door) => `if (Object.keys(await import('${door}')).length === 0) throw new Error('${door} is empty')\n`)
    .join('')
}
