import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { servedKernel } from '@espalier/core/testing'
import mail from '@espalier/mail'
import { afterAll, expect, test } from 'vitest'
import { operationsPlugin } from '../src/plugin.ts'
import garden, { watered } from './garden.ts'

// The receiver of docs/webhooks.md, run as it stands there, against the real product.

const page = await readFile(join(import.meta.dirname, '../../../../docs/webhooks.md'), 'utf8')
const [, receiver = ''] = /```ts\n(import \{ createServer \}[\s\S]*?)```/.exec(page) ?? []
const port = await freePort()
const { kernel, signIn } = await servedKernel([
  mail,
  operationsPlugin({ mayAsk: (address, asked) => address === '127.0.0.1' && asked === port }),
  garden,
])

let running: ChildProcess | undefined
afterAll(() => running?.kill('SIGKILL'))

test('the receiver of the documentation takes what is signed, and nothing else', async () => {
  const client = await signIn()
  const { made } = await client.ask<{ made: { data: { secret: string } } }>(
    `mutation($url: String!) { made: createWebhookEndpoint(input: { url: $url, eventTypes: ["garden.*"] }) {
      ... on CreateWebhookEndpointSuccess { data { secret } } } }`,
    { url: `http://127.0.0.1:${port}/` },
  )
  running = spawn(process.execPath, ['--input-type=module-typescript', '--eval', receiver], {
    // Where its library is.
    cwd: join(import.meta.dirname, '..'),
    env: { WEBHOOK_SECRET: made.data.secret, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  running.stdout?.on('data', (chunk) => {
    said += chunk
  })
  const forged = () =>
    fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: '{}' }).then(
      ({ status }) => status,
      () => 'not there yet',
    )
  await expect.poll(forged).toBe(401)
  await kernel.contexts
    .workspace(client.workspaceId, { type: 'system', name: 'test' })
    .publish(watered, { bedId: randomUUID(), litres: 7, gardener: 'Ada' })
  await expect.poll(() => said).toMatch(/garden\.watered.*litres: 7/s)
  expect(said).not.toContain('Ada')
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
