import { execFile } from 'node:child_process'
import { chmod, cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { accountThatReaches, commandAs, postgresAccount, postgresBinaries } from '../../src/data/embeddedBinaries.ts'

const run = promisify(execFile)
const isRoot = process.getuid?.() === 0

describe.skipIf(!isRoot)('a clone in a folder that only root may enter', async () => {
  const closed = isRoot ? await mkdtemp(join(tmpdir(), 'espalier-closed-')) : ''
  afterAll(() => rm(closed, { recursive: true, force: true }))

  test('still makes its database: PostgreSQL’s account is lent the way in', async () => {
    const native = dirname(dirname((await postgresBinaries()).initdb))
    await cp(native, join(closed, 'native'), { recursive: true, verbatimSymlinks: true })
    const folder = join(closed, 'data')
    const account = await postgresAccount()
    await mkdir(folder)
    await run('chown', [`${account.uid}:${account.gid}`, folder])
    await chmod(closed, 0o700)

    const initdb = join(closed, 'native/bin/initdb')
    const make = (as: typeof account) => {
      const { program, args, ids } = commandAs(as, initdb, [`--pgdata=${folder}/cluster`, '--no-sync', '--auth=trust'])
      return run(program, args, { ...ids, cwd: '/' })
    }
    await expect(make(account)).rejects.toThrow(/EACCES|denied/)
    const { stdout } = await make(await accountThatReaches(account, [initdb, folder]))
    expect(stdout).toContain('Success.')
  })
})
