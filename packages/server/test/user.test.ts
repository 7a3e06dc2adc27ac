import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const folder = await mkdtemp(join(tmpdir(), 'espalier-user-'))
afterAll(() => rm(folder, { recursive: true, force: true }))
const cli = join(import.meta.dirname, '../src/cli.ts')

/** Runs a command on an installation of this file's own. */
function espalier(...args: string[]): Promise<{ code: number; output: string }> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ESPALIER_DATA: folder, NODE_ENV: 'production' as const }
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, output: `${stdout}${stderr}` })
    })
  })
}

test('the command line makes the first person and replaces a lost password', { timeout: 300_000 }, async () => {
  const made = await espalier('user:create', '--email', 'ada@example.com', '--workspace', 'orchard', '--name', 'Ada')
  expect(made).toEqual({
    code: 0,
    output: expect.stringMatching(
      /^ada@example\.com is an owner of the new workspace "orchard"\.\nPassword: [\w-]{16}\n$/,
    ),
  })
  const again = await espalier('user:create', '--email', 'ada@example.com', '--workspace', 'orchard')
  expect(again).toEqual({ code: 1, output: 'Somebody already signs in as ada@example.com. [CONFLICT]\n' })
  expect((await espalier('user:password', '--email', 'Ada@example.com')).output).toMatch(/\nPassword: [\w-]{16}\n$/)
  expect(await espalier('user:create', '--email', 'x@example.com')).toEqual({
    code: 1,
    output: expect.stringMatching(/^--workspace is missing\. Usage: .* \[ARGUMENT_MISSING\]\n$/),
  })
})
