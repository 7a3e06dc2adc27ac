import { StartError } from '@espalier/core'

/** Why a backup is not taken, or not put back: a stable code, and a sentence that names the value and the way out. */
const problems = {
  BACKUP_FILE_EXISTS: (file: string) =>
    `${file} is there already. Name another file, or move that one away: a backup replaces none.`,
  BACKUP_FILE_UNUSABLE: (file: string, reason: string) => `${file} cannot be used: ${reason}.`,
  BACKUP_TABLE_CLOSED: (table: string) =>
    `The table ${table} would not be in the backup as a whole: its policies do not let the role espalier_system read every row. Call protect_workspace_rows on it, or take the backup as a superuser.`,
  BACKUP_DAMAGED: (file: string, problem: string) =>
    `${file} is damaged or not whole: ${problem}. Nothing was changed. Take another copy of it, or an older backup.`,
  BACKUP_FORMAT_UNKNOWN: (file: string, found: string) =>
    `${file} is no backup that this version of Espalier reads (${found}). Restore it with the version that made it, then upgrade.`,
  BACKUP_MIGRATION_UNKNOWN: (migration: string, version: string) =>
    `The backup has the migration ${migration}, which this version of Espalier does not. Restore it with Espalier ${version} or later, with the plugins that it was made with.`,
  BACKUP_MIGRATION_DIFFERS: (migration: string) =>
    `The migration ${migration} is not the same here as it was where the backup was made, so the tables are not either. Restore with the version that made the backup.`,
  BACKUP_QUEUE_DIFFERS: (made: number, here: number, version: string) =>
    `The backup's job queue has the tables of pg-boss ${made}, and here they are those of ${here}. Restore it with Espalier ${version}, start that once, then upgrade.`,
  BACKUP_TABLE_UNKNOWN: (table: string) =>
    `The backup has the table ${table}, which no migration makes here. Make it first, or restore where it is.`,
  BACKUP_STORE_UNUSABLE: (place: string, reason: string, setting: string) =>
    `${place} cannot be used: ${reason}. Check ${setting}, and that it runs; or go on without it, by --skip-stores.`,
  BACKUP_STORE_MISSING: (amount: string, store: string, setting: string) =>
    `The backup holds ${amount} of the store "${store}", which is not here. Set ${setting} to where they go; or go on without them, by --skip-stores.`,
  RESTORE_STORE_NOT_EMPTY: (place: string, unit: string, setting: string) =>
    `There are ${unit}s in ${place} already. Set ${setting} to an empty one; or say --replace: then they are replaced by those of the backup; or --skip-stores, and they stay.`,
  RESTORE_SECRET_MISSING: (folder: string) =>
    `The secret of this backup is neither in it nor here. Put the file "secret" of that installation into ${folder}, or set ESPALIER_SECRET to what it holds. If it is lost, --new-secret goes on without: all sign in again, and secrets of third parties have to be entered again.`,
  RESTORE_SECRET_DIFFERS: () =>
    'The secret here is not the one of this backup: all would sign in again, and secrets of third parties could not be opened. Set ESPALIER_SECRET to the right one; or go on with --new-secret.',
  RESTORE_NOT_EMPTY: (people: number, workspaces: number) =>
    `This installation is not empty: it has ${people} people and ${workspaces} workspaces. Restore into another (another ESPALIER_DATA or DATABASE_URL), or say --replace: then all that it holds is replaced by the backup.`,
  RESTORE_DATABASE_NEWER: (migration: string) =>
    `The database here has the migration ${migration}, which the backup does not have. Restore into an empty database or folder that no newer version was started on; the next start migrates it.`,
  RESTORE_WHILE_RUNNING: (connections: number) =>
    `Espalier is running on this database (${connections} connections). Stop its servers and workers first.`,
} as const

/** The error of a backup or a restore that cannot go on, by its code. */
export function backupError<Code extends keyof typeof problems>(
  code: Code,
  ...values: Parameters<(typeof problems)[Code]>
): StartError {
  const sentence = problems[code] as (...values: readonly (string | number)[]) => string
  return new StartError(code, sentence(...values))
}
