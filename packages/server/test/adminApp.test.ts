import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminApp } from '../src/adminApp.ts'

const script = 'console.log("a page")'
const operation = 'query Pages { __typename }'
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'espalier-admin-'))
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'index.html'), '<!doctype html>')
  await writeFile(join(folder, 'assets/page.js'), script)
  await writeFile(join(folder, 'assets/page.js.br'), brotliCompressSync(script))
  await writeFile(join(folder, 'assets/page.js.gz'), gzipSync(script))
  await writeFile(join(folder, 'operations.json'), JSON.stringify([operation]))
})

afterAll(() => rm(folder, { recursive: true }))

describe('the admin app', () => {
  it('is sent in the smallest encoding that the browser takes', async () => {
    for (const [accepted, encoding, bytes] of [
      ['gzip, deflate, br, zstd', 'br', brotliCompressSync(script)],
      ['br;q=0, gzip', 'gzip', gzipSync(script)],
      ['identity', null, Buffer.from(script)],
    ] as const) {
      const response = await get('assets/page.js', { 'accept-encoding': accepted })
      expect(response.headers.get('content-encoding')).toBe(encoding)
      expect(response.headers.get('vary')).toBe('accept-encoding')
      expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes)
    }
  })

  it('is not sent again to who has it, encoding by encoding', async () => {
    const compressed = { 'accept-encoding': 'br' }
    const etag = (await get('assets/page.js', compressed)).headers.get('etag') ?? ''
    expect((await get('assets/page.js', { ...compressed, 'if-none-match': etag })).status).toBe(304)
    expect((await get('assets/page.js', { 'if-none-match': etag })).status).toBe(200)
  })

  it('knows its operations and serves no list of them', async () => {
    const { operations } = await adminApp(folder)
    expect(operations).toEqual([operation])
    expect(await (await get('operations.json')).text()).toBe('<!doctype html>')
  })

  it('says what to do where a file of an older version is asked for', async () => {
    const response = await get('assets/older.js')
    expect(response.status).toBe(404)
    expect(await response.text()).toMatch(/reload the page/)
  })
})

async function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  const { mounts } = await adminApp(folder)
  const mount = mounts.find((candidate) => candidate.path === '/admin/*')
  if (!mount) throw new Error('The app is mounted nowhere.')
  return mount.handle(new Request(`http://127.0.0.1/admin/${path}`, { headers }))
}
