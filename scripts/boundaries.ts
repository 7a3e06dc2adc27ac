import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cruise, type ICruiseResult, type IForbiddenRuleType } from 'dependency-cruiser'

/** One rule of the house and the imports that break it, as `from → to`. */
export interface BoundaryResult {
  readonly rule: string
  readonly violations: readonly string[]
}

/**
 * Checks the direction of every import below `packages/` and `examples/` (type-only imports included):
 * `server → plugins → core`, plugins known to each other by their package name only, nothing in a circle.
 *
 * @param root a repository laid out as this one: packages/core, packages/plugins/*, packages/server, packages/admin
 */
export async function checkBoundaries(root: string): Promise<BoundaryResult[]> {
  const folders = ['packages', 'examples'].filter((folder) => existsSync(join(root, folder)))
  const { output } = await cruise(folders, {
    baseDir: root,
    // TypeScript 7 has no compiler API to read files with; SWC reads the syntax just as well.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(node_modules|dist|generated)/' },
    validate: true,
    ruleSet: { forbidden: arrows },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'default'],
    },
  })
  if (typeof output === 'string') throw new Error(`The import graph came back as text: ${output.slice(0, 200)}`)
  const broken = output.summary.violations
  return [
    ...arrows.map(({ name, comment }) => ({
      rule: comment,
      violations: broken
        .filter((violation) => violation.rule.name === name)
        .map(({ from, to, cycle }) => [from, ...(cycle?.map((step) => step.name) ?? [to])].join(' → ')),
    })),
    { rule: 'no package needs itself through others, not even for a type', violations: packageCycles(output) },
    { rule: 'a package lists every package of the house that it imports', violations: unlisted(root, output) },
  ]
}

const sources = {
  core: '^packages/core/',
  plugin: '^packages/plugins/([^/]+)/',
  server: '^packages/server/',
  /** What runs in the browser of the admin: the shell, the kit, and what plugins add; not what builds it. */
  web: '^packages/(admin/(?!vite)|admin-kit/src/|plugins/[^/]+/admin/)|^examples/[^/]+/admin/',
}

const arrows: (IForbiddenRuleType & { name: string; comment: string })[] = [
  {
    name: 'core-knows-no-product',
    comment: 'core imports no plugin, no server and no admin',
    severity: 'error',
    from: { path: sources.core },
    to: { path: '^packages/(plugins|server|admin|admin-kit)/' },
  },
  {
    name: 'plugins-know-no-server',
    comment: 'a plugin does not import the server',
    severity: 'error',
    from: { path: sources.plugin },
    to: { path: sources.server },
  },
  {
    name: 'plugins-keep-to-themselves',
    comment:
      "a plugin reaches another through its index, or one of a folder that it exports, never into the other's files",
    severity: 'error',
    from: { path: sources.plugin },
    to: {
      path: sources.plugin,
      pathNot: [
        '^packages/plugins/$1/',
        '^packages/plugins/[^/]+/src/index\\.ts$',
        // Which of them there are, its package.json says under `exports`.
        '^packages/plugins/[^/]+/src/[^/]+/index\\.ts$',
      ],
    },
  },
  {
    name: 'packages-by-name',
    comment: 'a package is imported by its name, never by a relative path',
    severity: 'error',
    from: { path: '^packages/((?:plugins/)?[^/]+)/' },
    to: {
      path: '^packages/',
      pathNot: '^packages/$1/',
      dependencyTypes: ['local'],
    },
  },
  {
    name: 'examples-by-name',
    comment: 'an example imports the house as a plugin of somebody else would: by the names of packages',
    severity: 'error',
    from: { path: '^examples/' },
    to: { path: '^packages/', dependencyTypes: ['local'] },
  },
  {
    name: 'admin-over-graphql-only',
    comment: 'the admin imports nothing of the server or of the kernel',
    severity: 'error',
    from: { path: sources.web },
    to: { path: '^packages/(server/|core/|plugins/[^/]+/(src|browser)/)|^prisma/|^examples/[^/]+/src/' },
  },
  {
    name: 'pages-know-no-shell',
    comment:
      'pages of a plugin are made of the admin kit: they import neither the shell nor the pages of another plugin',
    severity: 'error',
    from: { path: '^(packages/(?:plugins/[^/]+|admin-kit)|examples/[^/]+)/(?:admin|src)/' },
    to: { path: '^packages/(admin|plugins/[^/]+/admin|admin/src)/', pathNot: '^$1/' },
  },
  {
    name: 'no-cycles',
    comment: 'no module needs itself through others at run time',
    severity: 'error',
    from: {},
    // What is loaded when somebody goes there may lead back: a page names the pages that it links to.
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only', 'dynamic-import'] } },
  },
]

/** Circles among packages, which need not be circles among modules: a → b from one file, b → a from another. */
function packageCycles({ modules }: ICruiseResult): string[] {
  const arrowsFrom = Map.groupBy(
    modules.flatMap(({ source, dependencies }) =>
      dependencies.map(({ resolved }) => ({ from: packageOf(source), to: packageOf(resolved) })),
    ),
    ({ from }) => from,
  )
  const reaches = (from: string, goal: string, seen = new Set<string>()): boolean =>
    (arrowsFrom.get(from) ?? []).some(({ to }) => {
      if (to === undefined || to === from || seen.has(to)) return false
      return to === goal || reaches(to, goal, seen.add(to))
    })
  const packages = [...arrowsFrom.keys()].filter((name) => name !== undefined)
  return packages.filter((name) => reaches(name, name)).map((name) => `${name} → … → ${name}`)
}

function packageOf(file: string): string | undefined {
  return /^packages\/(?:plugins\/)?[^/]+/.exec(file)?.[0]
}

/** Imports of `@espalier/<name>` whose package.json does not list it. */
function unlisted(root: string, { modules }: ICruiseResult): string[] {
  const found = modules.flatMap(({ source, dependencies }) => {
    const folder = packageOf(source)
    if (!folder) return []
    const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
    const listed = { ...manifest.dependencies, ...manifest.devDependencies, [manifest.name]: '' }
    return dependencies
      .map(({ module }) => /^@espalier\/[^/]+/.exec(module)?.[0])
      .filter((name) => name !== undefined && !(name in listed))
      .map((name) => `${source} → ${name}`)
  })
  return [...new Set(found)]
}
