import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { StartError } from '@espalier/core'
import {
  checksum,
  type Migration,
  type PluginMigration,
  readMigrations,
  readPluginMigrations,
} from '@espalier/core/server'
import { migrationsFolder } from '@espalier/prisma'
import { type CheckedBackup, checkBackup } from '../backup/checkBackup.ts'
import { amountOf, fingerprint } from '../backup/contents.ts'
import { backupError } from '../backup/errors.ts'
import { admitBackup, restoreBackup } from '../backup/restoreBackup.ts'
import { admitStores, storesElsewhere } from '../backup/stores.ts'
import { openInstallation } from '../installation.ts'
import { installedPlugins } from '../plugins.ts'
import { resourcesOf } from '../resources.ts'
import { keepSecret, makeSecret, prepareDataFolder, rememberedSecret } from '../secret.ts'
import { readSettings, type Settings } from '../settings.ts'

const usage = 'Usage: espalier restore <file> [--check] [--replace] [--new-secret] [--skip-stores].'

/** Puts a backup into the installation that the settings name, which has to be empty unless told otherwise. */
export async function restore(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      check: { type: 'boolean', default: false },
      replace: { type: 'boolean', default: false },
      'new-secret': { type: 'boolean', default: false },
      'skip-stores': { type: 'boolean', default: false },
    },
  })
  const [path, another] = positionals
  if (!path) throw new StartError('ARGUMENT_MISSING', `The file is missing. ${usage}`)
  if (another) throw new StartError('ARGUMENT_INVALID', `"${another}" is one file too many. ${usage}`)
  const settings = readSettings(process.env, process.cwd())
  const backup = await checkBackup(resolve(path))
  const { header, contents } = backup
  const amount = amountOf(contents)
  console.log(`${path} is whole: ${amount}; of ${header.takenAt}, by Espalier ${header.version}.`)
  const migrations = await migrationsOf(backup)
  const plugins = await pluginMigrationsOf(backup, settings)
  if (values.check) return
  await restoreInto(settings, backup, {
    ...migrations,
    plugins,
    replace: values.replace,
    newSecret: values['new-secret'],
    skipStores: values['skip-stores'],
  })
  console.log(`Restored ${amount}. Start Espalier: it migrates what is newer than the backup.`)
}

interface Plan {
  readonly migrations: Migration[]
  readonly plugins: PluginMigration[]
  readonly replace: boolean
  readonly newSecret: boolean
  readonly skipStores: boolean
}

async function restoreInto(settings: Settings, backup: CheckedBackup, plan: Plan): Promise<void> {
  const elsewhere = storesElsewhere(await installedPlugins(settings.configFile), resourcesOf(settings))
  const stores = await admitStores(backup.contents, elsewhere, { replace: plan.replace, skip: plan.skipStores })
  await prepareDataFolder(settings.dataFolder)
  const secret = await secretOf(settings, backup, plan.newSecret)
  const installation = await openInstallation({ ...settings, secret }, plan.plugins, say, {
    restoring: { migrations: plan.migrations, admit: (owner) => admitBackup(owner, backup, plan.replace) },
  })
  try {
    await restoreBackup(installation.ownerUrl, backup, {
      dataFolder: settings.dataFolder,
      stores,
      replace: plan.replace,
      onProgress: say,
    })
  } finally {
    await installation.stop()
  }
}

/** The secret that what is restored will be opened with. @throws StartError RESTORE_SECRET_MISSING, RESTORE_SECRET_DIFFERS */
async function secretOf(settings: Settings, { header, secret }: CheckedBackup, newSecret: boolean): Promise<string> {
  const { dataFolder } = settings
  const here = settings.secret ?? (await rememberedSecret(dataFolder))
  if (here === undefined && secret === undefined && !newSecret) throw backupError('RESTORE_SECRET_MISSING', dataFolder)
  const known = here ?? (secret === undefined ? await makeSecret(dataFolder) : await keepSecret(dataFolder, secret))
  if (fingerprint(known) !== header.secretFingerprint && !newSecret) throw backupError('RESTORE_SECRET_DIFFERS')
  return known
}

/** The migrations that had run where the backup was made, as they are here: no more, no less. @throws StartError */
async function migrationsOf({ header }: CheckedBackup): Promise<{ migrations: Migration[] }> {
  const here = new Map((await readMigrations(migrationsFolder)).map((migration) => [migration.name, migration]))
  const migrations = header.migrations.map((known) =>
    same(known.name, known.checksum, here.get(known.name), header.version),
  )
  return { migrations }
}

async function pluginMigrationsOf({ header }: CheckedBackup, { configFile }: Settings): Promise<PluginMigration[]> {
  if (header.pluginMigrations.length === 0) return []
  // Also of those that are switched off: their tables stay.
  const all = await readPluginMigrations(await installedPlugins(configFile))
  return header.pluginMigrations.map(({ plugin, name, checksum }) => {
    const found = all.find((migration) => migration.plugin === plugin && migration.name === name)
    return same(`${plugin}/${name}`, checksum, found, header.version)
  })
}

function same<M extends Migration>(name: string, sum: string, here: M | undefined, version: string): M {
  if (!here) throw backupError('BACKUP_MIGRATION_UNKNOWN', name, version)
  if (checksum(here) !== sum) throw backupError('BACKUP_MIGRATION_DIFFERS', name)
  return here
}

function say(message: string): void {
  console.log(`  ${message}`)
}
