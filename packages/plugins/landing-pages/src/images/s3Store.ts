import { createHash } from 'node:crypto'
import { StartError, UnavailableError } from '@espalier/core'
import { AwsClient } from 'aws4fetch'
import type { ImageStore } from './imageStore.ts'

/** How long a store may take to answer. Milliseconds. */
const timeoutMs = 20_000

/**
 * Keeps images in a bucket of any store that speaks S3's REST API with Signature Version 4 (AWS, MinIO, Garage, Ceph,
 * R2 …), addressed by path.
 */
export class S3Store implements ImageStore {
  readonly #client: AwsClient
  readonly #bucket: string

  /**
   * @param address `https://<key id>:<secret>@<endpoint>/<bucket>?region=<region>`, the id and the secret URL-encoded;
   *   region `us-east-1` where it is not given
   * @throws StartError when a part is missing
   */
  constructor(address: string) {
    const { protocol, host, username, password, pathname, searchParams } = new URL(address)
    const bucket = pathname.replace(/^\/+|\/+$/g, '')
    if (!username || !password || !bucket)
      throw new StartError(
        'FILE_STORE_INVALID',
        `The file store at ${host} is missing its ${[!username && 'key id', !password && 'secret', !bucket && 'bucket'].filter(Boolean).join(', ')}. Write it as https://<key id>:<secret>@<endpoint>/<bucket>?region=<region>.`,
      )
    this.#bucket = `${protocol}//${host}/${bucket}`
    this.#client = new AwsClient({
      accessKeyId: decodeURIComponent(username),
      secretAccessKey: decodeURIComponent(password),
      service: 's3',
      region: searchParams.get('region') ?? 'us-east-1',
      // Failures (5xx, 429) are tried again by the client: 50, 100, 200 ms.
      retries: 3,
      initRetryMs: 50,
    })
  }

  async read(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const response = await this.#ask('GET', path)
    if (response.status === 404) {
      await response.body?.cancel()
      return undefined
    }
    await refuse(response, 'GET', path)
    return new Uint8Array(await response.arrayBuffer())
  }

  async write(path: string, bytes: Uint8Array<ArrayBuffer>, contentType: string): Promise<void> {
    const response = await this.#ask('PUT', path, bytes, {
      'content-type': contentType,
      // What arrives is what was sent, or the store refuses it.
      'x-amz-content-sha256': createHash('sha256').update(bytes).digest('hex'),
    })
    await refuse(response, 'PUT', path)
    await response.body?.cancel()
  }

  /** The paths of all that begins with a prefix, in order, a page of them at a time. */
  async *list(prefix: string): AsyncGenerator<string[]> {
    let next: string | undefined
    do {
      const query = new URLSearchParams({ 'list-type': '2', prefix, ...(next && { 'continuation-token': next }) })
      const response = await this.#ask('GET', `?${query}`)
      await refuse(response, 'GET', `?prefix=${prefix}`)
      const listed = await response.text()
      yield [...listed.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => asText(key))
      next = asText(/<NextContinuationToken>([^<]*)</.exec(listed)?.[1] ?? '') || undefined
    } while (next)
  }

  async delete(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      const response = await this.#ask('DELETE', path)
      if (response.status !== 404) await refuse(response, 'DELETE', path)
      await response.body?.cancel()
    }
  }

  #ask(method: string, path: string, body?: Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) {
    const signal = AbortSignal.timeout(timeoutMs)
    return (
      this.#client
        // Elsewhere nobody has signed for it, and what is private may not follow.
        .fetch(`${this.#bucket}/${path}`, { method, headers, signal, redirect: 'manual', ...(body ? { body } : {}) })
        .catch((error: unknown) => {
          throw signal.aborted ? new UnavailableError(error) : error
        })
    )
  }
}

/** XML 1.0, 4.6: what stands for signs of markup. */
function asText(xml: string): string {
  const signs: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
  return xml.replaceAll(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => signs[name] as string)
}

/** @throws with the code that the store answered, such as AccessDenied or NoSuchBucket; UnavailableError while it is busy or ill */
async function refuse(response: Response, method: string, path: string): Promise<void> {
  if (response.ok) return
  const code = /<Code>([\w.]+)<\/Code>/.exec(await response.text())?.[1] ?? 'no code'
  const error = new Error(
    `The file store answered ${response.status} (${code}) to ${method} ${path}. Check ESPALIER_FILE_STORE: its endpoint, its bucket, its region and the rights of its key.`,
  )
  throw response.status >= 500 || response.status === 429 ? new UnavailableError(error) : error
}
