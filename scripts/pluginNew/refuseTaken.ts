import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSchema } from 'graphql'
import { type PluginNames, RefusedName } from './pluginNames.ts'

/**
 * Refuses names that something in the repository has already, and a repository that a new migration would mix up.
 *
 * @throws RefusedName that says what has the name, and the way out
 */
export async function refuseTaken(root: string, names: PluginNames): Promise<void> {
  refusePackages(root, names)
  refuseLeftovers(root, names)
  refuseTypes(root, names)
  refuseAddresses(root, names)
  refuseUnwrittenMigrations(root)
}

/** What an earlier run left, or somebody else made. */
function refuseLeftovers(root: string, { plugin }: PluginNames): void {
  const paths = [`packages/plugins/${plugin}`, `prisma/schema/${plugin}.prisma`]
  const there = paths.filter((path) => existsSync(join(root, path)))
  if (there.length === 0) return
  const other = paths.find((path) => !there.includes(path))
  const half = other ? ` There is no ${other}, so it is half a plugin: delete it if nobody works on it.` : ''
  throw new RefusedName(`There is ${there.join(' and ')} already.${half} Or choose another name than "${plugin}".`)
}

/** Packages of the house that are no plugins. */
function refusePackages(root: string, { plugin }: PluginNames): void {
  const name = `@espalier/${plugin}`
  const manifests = globSync('{prisma,{packages,examples}/*}/package.json', { cwd: root })
  const file = manifests.find((file) => JSON.parse(readFileSync(join(root, file), 'utf8')).name === name)
  if (file) throw new RefusedName(`"${plugin}" is taken: ${file} is the package "${name}". Choose another name.`)
}

/** Types and fields of the API are one space for all plugins. */
function refuseTypes(root: string, { plugin, Model, models }: PluginNames): void {
  const schema = buildSchema(readFileSync(join(root, 'docs/schema/admin.graphql'), 'utf8'))
  const type = [Model, ...['Status', 'Filter', 'Order', 'Connection'].map((end) => Model + end)].find((name) =>
    schema.getType(name),
  )
  const field =
    (schema.getQueryType()?.getFields()[models] && `Query.${models}`) ??
    [`create${Model}`, `archive${Model}`]
      .filter((name) => schema.getMutationType()?.getFields()[name])
      .map((name) => `Mutation.${name}`)[0]
  const model = globSync('prisma/schema/*.prisma', { cwd: root }).find((file) =>
    new RegExp(`^(model|enum) ${Model}(Status)? `, 'm').test(readFileSync(join(root, file), 'utf8')),
  )
  const taken = type ?? field ?? (model && `${Model} in ${model}`)
  if (taken)
    throw new RefusedName(
      `"${Model}" is taken: there is ${taken} already. Say what the plugin is about: npm run plugin:new -- ${plugin} reward`,
    )
}

/** The first parts of the addresses of pages (`path: 'mail'`) and of routes (`'/mail/…'`). */
function refuseAddresses(root: string, { plugin }: PluginNames): void {
  const sources = globSync(['packages/{core,server,admin}/src/**/*.ts', 'packages/plugins/*/{src,admin}/**/*.ts'], {
    cwd: root,
  })
  const address = new RegExp(`path: '${plugin}['/]|'/${plugin}['/]`)
  const found = sources.find((file) => address.test(readFileSync(join(root, file), 'utf8')))
  if (found) throw new RefusedName(`"${plugin}" is taken: ${found} has that address. Choose another name.`)
}

/** The migration holds what changed since the last one: with somebody else's changes in it, it would be nobody's. */
function refuseUnwrittenMigrations(root: string): void {
  const folder = join(root, 'prisma/schema')
  const files = readdirSync(folder).filter((file) => file.endsWith('.prisma'))
  const schema = files.sort().map((file) => readFileSync(join(folder, file), 'utf8'))
  if (schema.join('\n') === readFileSync(join(root, 'prisma/migrations/schema.prisma'), 'utf8')) return
  throw new RefusedName(
    'prisma/schema has changes that no migration has yet. Write theirs first: npm run db:migration -- <what_changed>',
  )
}
