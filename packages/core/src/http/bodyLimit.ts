import { httpError } from './errors.ts'

/** A request whose body cannot outgrow its limit. */
export interface LimitedRequest {
  readonly request: Request
  /** Whether more than the limit came, even where the reader swallowed the error. */
  exceeded(): boolean
}

/**
 * Holds a request to `limit` bytes.
 *
 * A declared length over the limit is refused before anything is read. Over a socket a declared length within
 * it is binding, for Node's parser reads no further; where none is declared (chunked), or the request did not
 * come over a socket, bytes are counted as they stream and the reader gets a BODY_TOO_LARGE error.
 *
 * @param parsed the request came through Node's HTTP parser
 */
export function limitBody(request: Request, limit: number, parsed: boolean): LimitedRequest {
  const declared = request.headers.get('content-length')
  if (declared !== null && Number(declared) > limit) throw httpError('BODY_TOO_LARGE', [limit])
  if (request.method === 'GET' || request.method === 'HEAD') return { request, exceeded: () => false }
  if (parsed && (declared !== null || !request.headers.has('transfer-encoding')))
    return { request, exceeded: () => false }
  if (!request.body) return { request, exceeded: () => false }

  let seen = 0
  const counted = request.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        seen += chunk.byteLength
        if (seen > limit) controller.error(httpError('BODY_TOO_LARGE', [limit]))
        else controller.enqueue(chunk)
      },
    }),
  )
  const init: RequestInit & { duplex: 'half' } = {
    method: request.method,
    headers: request.headers,
    body: counted,
    duplex: 'half',
    signal: request.signal,
  }
  return { request: new Request(request.url, init), exceeded: () => seen > limit }
}
