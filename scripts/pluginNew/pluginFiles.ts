import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { withArticle } from './english.ts'
import type { PluginNames } from './pluginNames.ts'

const template = join(import.meta.dirname, '../pluginTemplate')

/**
 * The files of a new plugin, from those in `scripts/pluginTemplate`, in which `__names__` stand for names.
 *
 * @returns by path, relative to the root
 * @throws for a template with a name that nobody knows
 */
export async function pluginFiles(root: string, names: PluginNames): Promise<Map<string, string>> {
  const values = { ...placeholders(names), ...(await versions(root)) }
  const paths = globSync('**/*.template', { cwd: template }).sort()
  const files = new Map<string, string>()
  for (const path of paths) {
    const target = fill(path.replace(/\.template$/, ''), values)
    const text = fill(await readFile(join(template, path), 'utf8'), values)
    if (target === 'schema.prisma') files.set(`prisma/schema/${names.plugin}.prisma`, aligned(text))
    else files.set(target.replace(/^plugin\//, `packages/plugins/${names.plugin}/`), text)
  }
  return files
}

/** What stands for what in the templates. */
function placeholders(names: PluginNames): Record<string, string> {
  const spoken = (name: string) => name.replaceAll('-', ' ')
  const sentence = (text: string) => text.replace(/^./, (letter) => letter.toUpperCase())
  return {
    'plugin-name': names.plugin,
    plugin_name: names.snake,
    pluginVar: names.service,
    PluginClass: names.Service,
    'Plugin-words': sentence(spoken(names.plugin)),
    'item-name': names.thing,
    item: names.item,
    items: names.items,
    Item: names.Item,
    Items: names.Items,
    'items-words': spoken(names.things),
    'Items-words': sentence(spoken(names.things)),
    'an-item-words': withArticle(spoken(names.thing)),
    'An-item-words': sentence(withArticle(spoken(names.thing))),
    Model: names.Model,
    model: names.model,
    Models: names.Models,
    models: names.models,
  }
}

/** The versions that the house uses, one of each package, and its own. */
async function versions(root: string): Promise<Record<string, string>> {
  const manifests = await Promise.all(
    ['packages/core', 'packages/admin-kit', 'packages/admin', '.'].map(async (folder) =>
      JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8')),
    ),
  )
  const taken = manifests.flatMap(({ dependencies, devDependencies, peerDependencies }) =>
    Object.entries<string>({ ...peerDependencies, ...devDependencies, ...dependencies }),
  )
  const house = ['espalier', manifests.at(-1).version] as const
  return Object.fromEntries([...taken.reverse(), house].map(([name, version]) => [`version:${name}`, version]))
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  const filled = Object.entries(values).reduce((done, [name, value]) => done.replaceAll(`__${name}__`, value), text)
  const unknown = /__[A-Za-z][\w:@/-]*?__/.exec(filled)
  if (unknown) throw new Error(`scripts/pluginTemplate has ${unknown[0]}, and nothing to put in its place.`)
  return filled
}

/** The columns of a model below one another, as Prisma's own formatter has them. */
function aligned(schema: string): string {
  const column = /^ {2}(\w+) +(\S+)(?: +(.*))?$/gm
  const columns = [...schema.matchAll(column)].filter(([, , type]) => type !== undefined)
  const width = (index: number) => Math.max(...columns.map((match) => match[index]?.length ?? 0))
  const [names, types] = [width(1), width(2)]
  return schema.replace(column, (_, name: string, type: string, rest = '') =>
    `  ${name.padEnd(names)} ${type.padEnd(types)} ${rest}`.trimEnd(),
  )
}
