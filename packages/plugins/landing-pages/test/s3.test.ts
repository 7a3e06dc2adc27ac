import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { asUnavailable, UnavailableError } from '@espalier/core'
import { afterAll, describe, expect, test } from 'vitest'
import { KeptImages } from '../src/images/keptImages.ts'
import { S3Store } from '../src/images/s3Store.ts'
import { startBucket } from './bucket.ts'

const bucket = await startBucket()
const { port, objects, address } = bucket
afterAll(() => bucket.close())

const bytes = new Uint8Array([1, 2, 3, 250, 0, 7])

describe('an S3-compatible store', () => {
  const store = new S3Store(address())

  test('keeps what is written, with its type, under the path in the bucket', async () => {
    await store.write('images/abc/640.webp', bytes, 'image/webp')
    expect(objects.get('/pictures/images/abc/640.webp')).toEqual({ body: Buffer.from(bytes), type: 'image/webp' })
    expect(await store.read('images/abc/640.webp')).toEqual(bytes)
  })

  test('has nothing at other paths', async () => {
    expect(await store.read('images/none/640.webp')).toBeUndefined()
  })

  test('forgets what is deleted, and does not mind what is not there', async () => {
    await store.write('images/gone/original', bytes, 'image/png')
    await store.delete(['images/gone/original', 'images/gone/320.avif'])
    expect(await store.read('images/gone/original')).toBeUndefined()
  })

  test('is asked again where it is busy', async () => {
    bucket.busyFor(2)
    await store.write('images/busy/original', bytes, 'image/png')
    expect(bucket.busy).toBe(0)
    expect(await store.read('images/busy/original')).toEqual(bytes)
  })

  test('that stays busy, or is not there, is told as such: whoever asked may come again', async () => {
    bucket.busyFor(4)
    await expect(store.write('images/ill/original', bytes, 'image/png')).rejects.toThrow(UnavailableError)
    expect(bucket.busy).toBe(0)
    expect(await store.read('images/ill/original')).toBeUndefined()
    const gone = createServer()
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve))
    const absent = new S3Store(address().replace(`:${port}/`, `:${(gone.address() as AddressInfo).port}/`))
    await new Promise((resolve) => gone.close(resolve))
    expect(asUnavailable(await absent.read('images/a/original').catch((error) => error))).toBeDefined()
  })

  test('that refuses the signature is an error that says what to look at', async () => {
    const stranger = new S3Store(address('another secret'))
    await expect(stranger.read('images/abc/640.webp')).rejects.toThrow(
      /403 \(SignatureDoesNotMatch\).*ESPALIER_FILE_STORE/,
    )
  })

  test('that sends somewhere else is not followed: what it signed for goes to nobody else', async () => {
    const followed: string[] = []
    const elsewhere = createServer((request, response) => {
      followed.push(`${request.method} ${request.url}`)
      response.end()
    })
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
    const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/stolen`
    const sending = createServer((_, response) => response.writeHead(307, { location }).end())
    await new Promise<void>((resolve) => sending.listen(0, '127.0.0.1', resolve))
    const store = new S3Store(address().replace(`:${port}/`, `:${(sending.address() as AddressInfo).port}/`))
    await expect(store.write('images/abc/original', bytes, 'image/png')).rejects.toThrow('answered 307')
    await expect(store.read('images/abc/original')).rejects.toThrow('ESPALIER_FILE_STORE')
    expect(followed).toEqual([])
    for (const server of [elsewhere, sending]) server.close()
  })

  test('without the bucket is an error on writing', async () => {
    await expect(
      new S3Store(address(undefined, 'other')).write('images/a/original', bytes, 'image/png'),
    ).rejects.toThrow('NoSuchBucket')
  })

  test.each([
    ['https://s3.example.com/bucket', 'key id, secret'],
    ['https://id:secret@s3.example.com/', 'bucket'],
  ])('at %s is refused at the start', (given, missing) => {
    expect(() => new S3Store(given)).toThrow(`missing its ${missing}`)
  })
})

describe('images in such a store, for a backup', () => {
  const kept = new KeptImages(address())

  test('are all that begins like one, page by page, and come back as they were, with their types', async () => {
    objects.clear()
    const store = new S3Store(address())
    const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0])
    for (const key of ['a', 'b', 'd', 'e', 'f']) await store.write(`images/${key}/original`, png, 'image/png')
    await store.write('other/original', bytes, 'image/png')
    const before = new Map([...objects].filter(([path]) => path.includes('/images/')))
    const pieces = []
    for await (const piece of kept.read()) pieces.push(piece)
    expect(pieces.map(({ path, count }) => [path, count])).toEqual(
      ['a', 'b', 'd', 'e', 'f'].map((key) => [`images/${key}/original`, 1]),
    )
    objects.clear()
    const restoration = await kept.restore()
    for (const piece of pieces) await restoration.write(piece)
    expect(objects).toEqual(before)
    expect(await kept.occupied()).toBe(false)
  })

  test('are not there for a key that may not list them', async () => {
    await expect(new KeptImages(address('another secret')).occupied()).rejects.toThrow('SignatureDoesNotMatch')
  })
})
