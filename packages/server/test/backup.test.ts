import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { writeArchive } from '../src/backup/archive.ts'
import { checkBackup } from '../src/backup/checkBackup.ts'
import { fingerprint } from '../src/backup/contents.ts'

const folder = await mkdtemp(join(tmpdir(), 'espalier-backup-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

let files = 0
const newFile = () => join(folder, `${++files}.tar.gz`)
const uninterrupted = new AbortController().signal

const header = {
  format: 1,
  version: '0.1.0',
  takenAt: '2026-01-01T00:00:00.000Z',
  queue: 30,
  migrations: [],
  pluginMigrations: [],
  secretFingerprint: fingerprint('a secret of the tests'),
  tables: [{ schema: 'public', name: 'Pear', columns: ['name'], partitions: [] }],
}
const contents = {
  tables: [{ schema: 'public', name: 'Pear', rows: 2, ...sumOf('Conference\nWilliams\n') }],
  files: [{ path: 'images/pear.png', ...sumOf('png') }],
  sequences: [],
}
/** In two pieces. */
const entries: [name: string, text: string][] = [
  ['backup.json', JSON.stringify(header)],
  ['tables/public.Pear/000001.copy', 'Conference\n'],
  ['tables/public.Pear/000002.copy', 'Williams\n'],
  ['files/images/pear.png', 'png'],
  ['contents.json', JSON.stringify(contents)],
]

describe('the file of a backup', () => {
  test('is read as it was written', async () => {
    const checked = await checkBackup(await written([...entries.slice(0, 4), ['secret', 'hush'], ...entries.slice(4)]))
    expect(checked).toMatchObject({ header, contents, secret: 'hush' })
  })

  test('is damaged where a byte has changed, the end is missing, or something is missing or too much', async () => {
    const file = await written(entries)
    const whole = gunzipSync(await readFile(file))
    const changed = Buffer.from(whole.toString('latin1').replace('Williams', 'williams'), 'latin1')
    await writeFile(file, gzipSync(changed))
    await expect(checkBackup(file)).rejects.toMatchObject({
      code: 'BACKUP_DAMAGED',
      message: expect.stringContaining('checksum of table Pear'),
    })
    // Of the tar, and of the gzip around it.
    await writeFile(file, gzipSync(whole.subarray(0, whole.length / 2)))
    await expect(checkBackup(file)).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' })
    const zipped = gzipSync(whole)
    for (const share of [0.2, 0.5, 0.95]) {
      await writeFile(file, zipped.subarray(0, zipped.length * share))
      await expect(checkBackup(file), `cut at ${share}`).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' })
    }
    for (const wrong of [
      entries.slice(0, 4),
      [...entries.slice(0, 3), ...entries.slice(4)],
      [...entries.slice(0, 4), ['tables/public.Plum/000001.copy', 'Mirabelle\n'] as const, ...entries.slice(4)],
      [...entries, ['files/late', 'late'] as const],
    ])
      await expect(checkBackup(await written(wrong))).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' })
  })

  test('does not write outside of its folder, whatever its names are', async () => {
    for (const path of [
      '../secret',
      '/etc/passwd',
      'images/../../secret',
      'secret',
      'postgres/data/pg_hba.conf',
      'a\\b',
    ]) {
      const file = await written([...entries.slice(0, 4), [`files/${path}`, 'x'], ...entries.slice(4)])
      await expect(checkBackup(file), path).rejects.toMatchObject({
        code: 'BACKUP_DAMAGED',
        message: expect.stringContaining(path),
      })
    }
  })

  test('of another format, or none at all, is told', async () => {
    const later = [['backup.json', JSON.stringify({ ...header, format: 3, version: '9.0.0' })] as const]
    await expect(checkBackup(await written(later))).rejects.toMatchObject({
      code: 'BACKUP_FORMAT_UNKNOWN',
      message: expect.stringContaining('format 3, made by Espalier 9.0.0'),
    })
    await expect(checkBackup(await written([['photos/pear.png', 'png']]))).rejects.toMatchObject({
      code: 'BACKUP_FORMAT_UNKNOWN',
    })
    const text = newFile()
    await writeFile(text, 'no archive')
    await expect(checkBackup(text)).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' })
    await expect(checkBackup(join(folder, 'nowhere.tar.gz'))).rejects.toMatchObject({ code: 'BACKUP_FILE_UNUSABLE' })
  })

  test('replaces none, and one that is broken off leaves nothing', async () => {
    const file = await written(entries)
    await expect(writeArchive(file, uninterrupted, async () => {})).rejects.toMatchObject({
      code: 'BACKUP_FILE_EXISTS',
    })
    const before = await readdir(folder)
    const ended = new AbortController()
    const unfinished = writeArchive(newFile(), ended.signal, async (add) => {
      await add('backup.json', Buffer.alloc(1_000_000))
      ended.abort(new Error('enough'))
      await add('contents.json', Buffer.from('{}'))
    })
    await expect(unfinished).rejects.toThrow('enough')
    await expect(
      writeArchive(newFile(), uninterrupted, () => Promise.reject(new Error('the database is gone'))),
    ).rejects.toThrow('the database is gone')
    await expect(writeArchive(join(folder, 'none/1.tar.gz'), uninterrupted, async () => {})).rejects.toMatchObject({
      code: 'BACKUP_FILE_UNUSABLE',
    })
    expect(await readdir(folder)).toEqual(before)
  })
})

async function written(entries: readonly (readonly [name: string, text: string])[]): Promise<string> {
  const file = newFile()
  await writeArchive(file, uninterrupted, async (add) => {
    for (const [name, text] of entries) await add(name, Buffer.from(text))
  })
  return file
}

function sumOf(text: string): { bytes: number; sha256: string } {
  return { bytes: text.length, sha256: createHash('sha256').update(text).digest('hex') }
}
