import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const handOver = new URL('../handOver.mjs', import.meta.url)
let folder: string
let script: string
let child: ChildProcess | undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'espalier-hand-over-'))
  script = join(folder, 'script.ts')
})

afterEach(async () => {
  child?.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

test('a script runs on a Node that reads TypeScript, with its arguments, and its exit code is the command’s', async () => {
  await writeFile(script, `const [, , word]: string[] = process.argv; console.log(word); process.exit(7)`)
  const { output, exit } = start('hello')
  expect(await exit).toEqual([7, null])
  expect(output()).toBe('hello\n')
})

test.each(['SIGTERM', 'SIGINT'] as const)('%s reaches the script, which ends in its own way', async (signal) => {
  await writeFile(
    script,
    `process.on('${signal}', () => { console.log('closing'); process.exit(3) }); setInterval(() => {}, 1000); console.log('up')`,
  )
  const { process, output, exit } = start()
  await once(process.stdout as NodeJS.ReadableStream, 'data')
  process.kill(signal)
  expect(await exit).toEqual([3, null])
  expect(output()).toBe('up\nclosing\n')
})

function start(...args: string[]) {
  const starter = `import { handOver } from '${handOver}'; handOver(${JSON.stringify([script, ...args])})`
  child = spawn(process.execPath, ['--input-type=module', '--eval', starter], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    said += text
  })
  return { process: child, output: () => said, exit: once(child, 'close') }
}
