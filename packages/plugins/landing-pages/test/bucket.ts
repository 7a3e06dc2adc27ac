import { createHash, createHmac } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

const keyId = 'AKIAEXAMPLE'
const secret = 'wJalr/XUtnFEMI+K7MDENG'
const region = 'eu-test-1'

export interface TestBucket {
  readonly port: number
  /** What it holds, by the path of a request: `/pictures/<path>`. */
  readonly objects: Map<string, { body: Buffer; type: string | undefined }>
  /** Answers as many of the next requests as busy. */
  busyFor(requests: number): void
  /** Requests that it still answers so. */
  readonly busy: number
  /** As the setting ESPALIER_FILE_STORE has it. */
  address(withSecret?: string, bucket?: string): string
  close(): void
}

/**
 * A bucket that checks each request as the published description of S3's REST API says (AWS Signature Version 4,
 * "Authenticating Requests: Using the Authorization Header"), written from it and not from the client under test. It is named
 * "pictures", and lists two objects at a time.
 */
export async function startBucket(): Promise<TestBucket> {
  const objects: TestBucket['objects'] = new Map()
  let failures = 0
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const answer = (status: number, xml: string) =>
      response.writeHead(status, { 'content-type': 'application/xml' }).end(`<?xml version="1.0"?>${xml}`)
    const refuse = (status: number, code: string) => answer(status, `<Error><Code>${code}</Code></Error>`)
    if (failures > 0) {
      failures -= 1
      return refuse(503, 'SlowDown')
    }
    const wrong = faultOf(request, body)
    if (wrong) return refuse(403, wrong)
    const { pathname: path, searchParams } = new URL(request.url ?? '', 'http://bucket.test')
    if (!path.startsWith('/pictures/')) return refuse(404, 'NoSuchBucket')
    if (searchParams.get('list-type') === '2') return answer(200, listed(objects, searchParams))
    if (request.method === 'PUT') objects.set(path, { body, type: request.headers['content-type'] })
    if (request.method === 'DELETE') objects.delete(path)
    const found = objects.get(path)
    if (request.method === 'GET') return found ? response.end(found.body) : refuse(404, 'NoSuchKey')
    return response.writeHead(request.method === 'DELETE' ? 204 : 200).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    objects,
    busyFor: (requests) => {
      failures = requests
    },
    get busy() {
      return failures
    },
    address: (withSecret = secret, bucket = 'pictures') =>
      `http://${keyId}:${encodeURIComponent(withSecret)}@127.0.0.1:${port}/${bucket}?region=${region}`,
    close: () => server.close(),
  }
}

/** As ListObjectsV2 answers. */
function listed(objects: TestBucket['objects'], asked: URLSearchParams): string {
  const keys = [...objects.keys()]
    .map((path) => decodeURIComponent(path.slice('/pictures/'.length)))
    .filter((key) => key.startsWith(asked.get('prefix') ?? ''))
    .sort()
  const from = Number(asked.get('continuation-token')?.replace('from&', '') ?? 0)
  const page = keys.slice(from, from + 2).map((key) => `<Contents><Key>${key}</Key></Contents>`)
  const more = from + 2 < keys.length ? `<NextContinuationToken>from&amp;${from + 2}</NextContinuationToken>` : ''
  return `<ListBucketResult>${page.join('')}${more}</ListBucketResult>`
}

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
    url?.split('?')[0],
    canonicalQuery(url ?? ''),
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

/** Names and values encoded as RFC 3986 says, sorted by name. */
function canonicalQuery(url: string): string {
  const encoded = (text: string) =>
    encodeURIComponent(text).replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
  return [...new URL(url, 'http://bucket.test').searchParams]
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join('&')
}
