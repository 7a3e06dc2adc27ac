import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

/** A door of the package with all that it brings, as a page would load it. @returns bytes, gzipped */
async function bytesOf(door: string): Promise<number> {
  const { outputFiles } = await build({
    entryPoints: [`${import.meta.dirname}/../src/${door}`],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
  })
  const bytes = gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length
  console.log(`@espalier/client ${door}: ${bytes.toLocaleString('en')} bytes gzipped`)
  return bytes
}

test('the client fits into 5,500 bytes, the tracker of sites into 1,500, gzipped', async () => {
  const [client, site] = [await bytesOf('index.ts'), await bytesOf('site/index.ts')]
  expect(client).toBeGreaterThan(1_000)
  expect(client).toBeLessThanOrEqual(5_500)
  expect(site).toBeGreaterThan(500)
  expect(site).toBeLessThanOrEqual(1_500)
})
