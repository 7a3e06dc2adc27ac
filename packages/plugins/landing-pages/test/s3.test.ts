import { createHash, createHmac } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { asUnavailable, UnavailableError } from '@espalier/core'
import { afterAll, describe, expect, test } from 'vitest'
import { S3Store } from '../src/images/s3Store.ts'

const keyId = 'AKIAEXAMPLE'
const secret = 'wJalr/XUtnFEMI+K7MDENG'
const region = 'eu-test-1'

/**
 * A bucket that checks each request as the published description of S3's REST API says (AWS Signature Version 4,
 * "Authenticating Requests: Using the Authorization Header"), written from it and not from the client under test.
 */
const objects = new Map<string, { body: Buffer; type: string | undefined }>()
let failures = 0
const bucket = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  const refuse = (status: number, code: string) =>
    response
      .writeHead(status, { 'content-type': 'application/xml' })
      .end(`<?xml version="1.0"?><Error><Code>${code}</Code></Error>`)
  if (failures > 0) {
    failures -= 1
    return refuse(503, 'SlowDown')
  }
  const wrong = faultOf(request, body)
  if (wrong) return refuse(403, wrong)
  const path = request.url ?? ''
  if (!path.startsWith('/pictures/')) return refuse(404, 'NoSuchBucket')
  if (request.method === 'PUT') objects.set(path, { body, type: request.headers['content-type'] })
  if (request.method === 'DELETE') objects.delete(path)
  const found = objects.get(path)
  if (request.method === 'GET') return found ? response.end(found.body) : refuse(404, 'NoSuchKey')
  return response.writeHead(request.method === 'DELETE' ? 204 : 200).end()
})
await new Promise<void>((resolve) => bucket.listen(0, '127.0.0.1', resolve))
afterAll(() => bucket.close())
const { port } = bucket.address() as AddressInfo

/** What is wrong with a request's signature, or nothing. */
function faultOf({ method, url, headers }: IncomingMessage, body: Buffer): string | undefined {
  const found =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    )
  if (!found) return 'AuthorizationHeaderMalformed'
  const [, id, day, place, signedHeaders = '', signature] = found as unknown as string[]
  if (id !== keyId) return 'InvalidAccessKeyId'
  if (place !== region) return 'AuthorizationHeaderMalformed'
  const payload = String(headers['x-amz-content-sha256'])
  if (payload !== 'UNSIGNED-PAYLOAD' && payload !== hex(body)) return 'XAmzContentSHA256Mismatch'
  const names = signedHeaders.split(';')
  if (!names.includes('host') || !names.includes('x-amz-date')) return 'SignatureDoesNotMatch'
  const canonical = [
    method,
    url,
    '',
    ...names.map((name) => `${name}:${String(headers[name]).trim()}`),
    '',
    signedHeaders,
    payload,
  ].join('\n')
  const scope = `${day}/${region}/s3/aws4_request`
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, hex(canonical)].join('\n')
  const key = [day as string, region, 's3', 'aws4_request'].reduce<Buffer | string>(
    (secretSoFar, part) => createHmac('sha256', secretSoFar).update(part).digest(),
    `AWS4${secret}`,
  )
  const expected = createHmac('sha256', key).update(toSign).digest('hex')
  return expected === signature ? undefined : 'SignatureDoesNotMatch'
}

function hex(data: Buffer | string): string {
  return createHash('sha256').update(data).digest('hex')
}

const address = (withSecret = secret, name = 'pictures') =>
  `http://${keyId}:${encodeURIComponent(withSecret)}@127.0.0.1:${port}/${name}?region=${region}`

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
    failures = 2
    await store.write('images/busy/original', bytes, 'image/png')
    expect(failures).toBe(0)
    expect(await store.read('images/busy/original')).toEqual(bytes)
  })

  test('that stays busy, or is not there, is told as such: whoever asked may come again', async () => {
    failures = 4
    await expect(store.write('images/ill/original', bytes, 'image/png')).rejects.toThrow(UnavailableError)
    expect(failures).toBe(0)
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
    await expect(new S3Store(address(secret, 'other')).write('images/a/original', bytes, 'image/png')).rejects.toThrow(
      'NoSuchBucket',
    )
  })

  test.each([
    ['https://s3.example.com/bucket', 'key id, secret'],
    ['https://id:secret@s3.example.com/', 'bucket'],
  ])('at %s is refused at the start', (given, missing) => {
    expect(() => new S3Store(given)).toThrow(`missing its ${missing}`)
  })
})
