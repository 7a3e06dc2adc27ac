import { readdir } from 'node:fs/promises'
import { deflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { attackedProduct, survives } from './product/attackedProduct.ts'

const product = await attackedProduct()

const upload = (bytes: Buffer | string, { name = 'x.png', type = 'image/png' } = {}) =>
  product.stranger(`/images?name=${encodeURIComponent(name)}&alt=x`, {
    method: 'POST',
    headers: { cookie: product.owner.cookie, origin: product.url, 'content-type': type },
    body: new Uint8Array(Buffer.from(bytes)),
  })

/** A PNG that says how large it is, whether or not it has so many pixels. */
function png(width: number, height: number, after = ''): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 0, 0, 0, 0], 8)
  const rows = deflateSync(Buffer.alloc(Math.min((width + 1) * height, 40_000_000)))
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
    Buffer.from(after),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(data.length, 0)
  frame.writeUInt32BE(crc(body), 4)
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
}

function crc(bytes: Buffer): number {
  let value = 0xffffffff
  for (const byte of bytes) {
    value ^= byte
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  }
  return (value ^ 0xffffffff) >>> 0
}

const small = png(8, 8)
const script = '<script>alert(1)</script>'

describe('No image is', () => {
  test.each<[string, Buffer | string, string]>([
    ['an SVG with a script', `<svg xmlns="http://www.w3.org/2000/svg">${script}</svg>`, 'image/svg+xml'],
    ['an SVG that says it is a PNG', `<svg xmlns="http://www.w3.org/2000/svg">${script}</svg>`, 'image/png'],
    ['a page', `<!doctype html>${script}`, 'image/png'],
    [
      'an XML with entities',
      '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><svg>&b;</svg>',
      'image/svg+xml',
    ],
    ['a PDF', '%PDF-1.7\n%âãÏÓ', 'image/png'],
    ['an archive', Buffer.from('504b0304140000000800', 'hex'), 'image/png'],
    ['the head of a PNG and no more', small.subarray(0, 40), 'image/png'],
    ['a GIF that is a script', 'GIF89a/*\x00\x00*/=1;alert(1)//', 'image/gif'],
    ['nothing', '', 'image/png'],
    [
      'a picture of ImageMagick that reads files',
      'push graphic-context\nimage over 0,0 0,0 "https://127.0.0.1/x"',
      'image/mvg',
    ],
  ])('%s', async (_, bytes, type) => {
    const response = await upload(bytes, { type })
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(response.status).toBeLessThan(500)
  })
})

describe('A picture', () => {
  test.each([
    ['of a billion pixels', () => png(40_000, 30_000)],
    ['that is as wide as a number can be', () => png(2_147_483_647, 1)],
    ['of no pixels', () => png(0, 0)],
    ['of more than 20 MB', () => Buffer.alloc(20 * 1024 * 1024 + 1, 'x')],
  ])('%s is refused before it is unpacked', async (_, bytes) => {
    await survives(product, async () => {
      const response = await upload(bytes())
      expect([400, 413, 415, 422]).toContain(response.status)
    })
  })

  test('with a page behind its pixels comes back as a picture alone', async () => {
    const kept = await upload(png(9, 7, script))
    const { key } = (await kept.json()) as { key: string }
    const page = await product.stranger(`/images/${key}/640.webp`)
    const bytes = Buffer.from(await page.arrayBuffer())
    expect(page.headers.get('content-type')).toBe('image/webp')
    expect(page.headers.get('x-content-type-options')).toBe('nosniff')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(bytes.includes('script')).toBe(false)
  })

  test.each([
    '../../../../tmp/espalier-was-here.png',
    '..\\..\\x.png',
    '/etc/passwd',
    'C:\\x.png',
    'a\0.png',
    '.htaccess',
    '%2e%2e%2fx.png',
    `${script}.png`,
    'CON',
    'x'.repeat(5_000),
  ])('by the name %j lies where all others lie', async (name) => {
    const response = await upload(png(3, 5), { name })
    expect(response.status).toBeLessThan(500)
    expect(await readdir('/tmp')).not.toContain('espalier-was-here.png')
    if (response.ok) expect((await response.json()) as object).toMatchObject({ key: expect.stringMatching(/^[\w-]+$/) })
  })

  test.each(['..%2f..%2fsecret', '%2e%2e', '__proto__', 'x'.repeat(3_000), '%00'])(
    'is not at the key %j',
    async (key) => {
      const response = await product.stranger(`/images/${key}/640.webp`)
      expect([400, 404]).toContain(response.status)
    },
  )
})
