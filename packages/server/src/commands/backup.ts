import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { StartError } from '@espalier/core'
import { runningEmbeddedPostgres } from '@espalier/core/server'
import { readableBytes } from '../backup/amounts.ts'
import { amountOf } from '../backup/contents.ts'
import { storesElsewhere } from '../backup/stores.ts'
import { takeBackup } from '../backup/takeBackup.ts'
import { openInstallation } from '../installation.ts'
import { installedPlugins } from '../plugins.ts'
import { resourcesOf } from '../resources.ts'
import { readSettings, type Settings } from '../settings.ts'

const usage = 'Usage: espalier backup <file> [--with-secret] [--skip-stores].'

/** Writes the installation that the settings name into one file, also while it runs. */
export async function backup(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      'with-secret': { type: 'boolean', default: false },
      'skip-stores': { type: 'boolean', default: false },
    },
  })
  const [path, another] = positionals
  if (!path) throw new StartError('ARGUMENT_MISSING', `The file is missing. ${usage}`)
  if (another) throw new StartError('ARGUMENT_INVALID', `"${another}" is one file too many. ${usage}`)
  const file = resolve(path)
  const settings = readSettings(process.env, process.cwd())
  const elsewhere = storesElsewhere(await installedPlugins(settings.configFile), resourcesOf(settings))
  const installation = await openInstallation(await beside(settings), [], say, { migrating: false })
  const ended = new AbortController()
  const breakOff = () => ended.abort(new StartError('BACKUP_BROKEN_OFF', 'The backup was broken off; it left no file.'))
  process.once('SIGINT', breakOff).once('SIGTERM', breakOff)
  try {
    const withSecret = values['with-secret']
    const contents = await takeBackup(installation, {
      file,
      dataFolder: settings.dataFolder,
      stores: values['skip-stores'] ? [] : elsewhere,
      withSecret,
      signal: ended.signal,
      onProgress: say,
    })
    console.log(`${path} is whole: ${amountOf(contents)}; ${readableBytes((await stat(file)).size)}.`)
    if (!withSecret) console.log(`The secret is not in it. Keep ${whereSecret(settings)} apart from it, and as safe.`)
    if (values['skip-stores'])
      for (const { place } of elsewhere) console.log(`${place} is not in it: back that up too.`)
  } finally {
    process.off('SIGINT', breakOff).off('SIGTERM', breakOff)
    await installation.stop()
  }
}

/** The embedded database of a server that runs is read as any other; one that does not run is started for this. */
async function beside(settings: Settings): Promise<Settings> {
  if (settings.databaseUrl) return settings
  return { ...settings, databaseUrl: await runningEmbeddedPostgres(join(settings.dataFolder, 'postgres')) }
}

function whereSecret({ secret, dataFolder }: Settings): string {
  return secret ? 'what ESPALIER_SECRET holds' : join(dataFolder, 'secret')
}

function say(message: string): void {
  console.log(`  ${message}`)
}
