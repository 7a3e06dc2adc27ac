import { startError } from '../errors.ts'
import type { AnyPlugin } from './definePlugin.ts'

/**
 * The plugins in the order in which they start: each after those that it requires or
 * works better with, otherwise as listed.
 *
 * @throws StartError when a name is invalid or taken twice, a required plugin is missing, or plugins
 *   require each other in a circle.
 */
export function orderPlugins(plugins: readonly AnyPlugin[]): AnyPlugin[] {
  const byName = new Map<string, AnyPlugin>()
  for (const plugin of plugins) {
    if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(plugin.name)) throw startError('PLUGIN_NAME_INVALID', plugin.name)
    if (byName.has(plugin.name)) throw startError('PLUGIN_DUPLICATED', plugin.name)
    byName.set(plugin.name, plugin)
  }
  const ordered: AnyPlugin[] = []
  const done = new Set<AnyPlugin>()
  const visit = (plugin: AnyPlugin, path: AnyPlugin[]) => {
    if (done.has(plugin)) return
    const circle = path.indexOf(plugin)
    if (circle >= 0)
      throw startError('PLUGIN_CYCLE', [...path.slice(circle), plugin].map(({ name }) => name).join(' → '))
    for (const required of listed(plugin, 'requires')) {
      // A plugin of the same name that is another value would satisfy the name but not the type.
      if (byName.get(required.name) !== required) throw startError('PLUGIN_MISSING', plugin.name, required.name)
      visit(required, [...path, plugin])
    }
    for (const wanted of listed(plugin, 'optional'))
      if (byName.get(wanted.name) === wanted) visit(wanted, [...path, plugin])
    done.add(plugin)
    ordered.push(plugin)
  }
  for (const plugin of plugins) visit(plugin, [])
  return ordered
}

/**
 * The plugins that stay on.
 *
 * @throws StartError when a name to switch off is not that of a plugin: a typing error would leave it on.
 */
export function switchOff(plugins: readonly AnyPlugin[], names: readonly string[]): AnyPlugin[] {
  for (const name of names)
    if (!plugins.some((plugin) => plugin.name === name))
      throw startError('PLUGIN_UNKNOWN', name, plugins.map((plugin) => plugin.name).join(', '))
  return plugins.filter((plugin) => !names.includes(plugin.name))
}

/** The plugins that one names, with a clear error where an import cycle has left one undefined. */
function listed(plugin: AnyPlugin, field: 'requires' | 'optional'): readonly AnyPlugin[] {
  const plugins: readonly (AnyPlugin | undefined)[] = plugin.definition[field] ?? []
  if (plugins.includes(undefined))
    throw startError(
      'PLUGIN_CYCLE',
      `${plugin.name} → (a plugin whose module imports "${plugin.name}") → ${plugin.name}`,
    )
  return plugins as readonly AnyPlugin[]
}
