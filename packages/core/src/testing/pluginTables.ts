import type { AnyPlugin } from '../plugin/definePlugin.ts'
import { orderPlugins } from '../plugin/order.ts'
import { migratePlugins, readPluginMigrations } from '../plugin/pluginMigrations.ts'
import { asOwner } from './cluster.ts'
import type { TemplateContents } from './templates.ts'

/**
 * The tables that plugins bring in folders of migrations, applied as a start applies them, and what a test adds.
 *
 * @param plugins with all that they require
 * @param tables SQL that makes tables which no migration does
 */
export async function tablesOf(plugins: readonly AnyPlugin[], tables = ''): Promise<TemplateContents> {
  const migrations = await readPluginMigrations(orderPlugins(plugins))
  if (migrations.length === 0 && !tables) return { key: '', apply: undefined }
  return {
    key: JSON.stringify([migrations, tables]),
    apply: async (url) => {
      await asOwner(url, async (owner) => void (await migratePlugins(owner, migrations)))
      if (tables) await asOwner(url, tables)
    },
  }
}
