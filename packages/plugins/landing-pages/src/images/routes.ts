import { get, InvalidInputError, issueTold, post, type RouteContext } from '@espalier/core'
import { z } from 'zod'
import { text } from '../blocks/block.ts'
import { contentTypeOf, refusalOf, signatureLength } from './imageSignature.ts'
import { type ImageFormat, type ImageWidth, imageFormats, imageWidths } from './imageSizes.ts'
import { type Images, referenceTo, refused } from './images.ts'
import { alternativeText, imageKey } from './imageTag.ts'

/** What the routes of images lean on. */
export interface ImageServer {
  readonly images: Images
}

/** Largest file that is taken. Bytes. */
export const maxImageBytes = 20 * 1024 * 1024

/** A page has dozens of images, and far more people share an address than would call an API. */
const limit = { points: 6_000, seconds: 60 }

export const imageRoutes = [
  post<ImageServer>('/images', { access: 'pages:write', bodyLimit: maxImageBytes }, upload),
  get<ImageServer>('/images/:key/:file', { access: 'anonymous', limit }, serve),
]

const query = z.object({ name: text(200).default('image'), alt: alternativeText })

/**
 * Takes the bytes of a file as the body; its name and its description come in the query: `POST /images?name=tree.jpg&alt=…`.
 * Answers 201 with the image, or 200 where the workspace has it already.
 */
async function upload(request: Request, { workspace }: RouteContext, { images }: ImageServer): Promise<Response> {
  if (!workspace) throw new Error('A route with a permission has a workspace.')
  const parsed = query.safeParse(Object.fromEntries(new URL(request.url).searchParams))
  if (!parsed.success)
    throw new InvalidInputError(
      parsed.error.issues.map((issue) => ({
        path: issue.path.join('.'),
        code: 'INVALID',
        message: issueTold(issue, Object.fromEntries(new URL(request.url).searchParams)),
      })),
    )
  const { name, alt } = parsed.data
  const { image, added } = await images.add(workspace, { name, alt, bytes: await readImage(request, name) })
  const { id, key, bytes, contentType } = image
  return Response.json(
    { id, key, name: image.name, contentType, bytes, reference: referenceTo(image) },
    { status: added ? 201 : 200, headers: { 'cache-control': 'no-store' } },
  )
}

/** Reads the body, and stops at its first bytes where these are no image's. */
async function readImage(request: Request, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let length = 0
  let checked = false
  for await (const chunk of request.body ?? []) {
    chunks.push(chunk)
    length += chunk.byteLength
    if (checked || length < signatureLength) continue
    checked = true
    const start = Buffer.concat(chunks)
    if (!contentTypeOf(start)) throw refused(name, refusalOf(start))
  }
  const bytes = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}

const filePattern = new RegExp(`^(${imageWidths.join('|')})\\.(${imageFormats.join('|')})$`)

async function serve(_request: Request, { params }: RouteContext, { images }: ImageServer): Promise<Response> {
  const [, width, format] = filePattern.exec(params.file ?? '') ?? []
  const key = imageKey.safeParse(params.key)
  const bytes =
    width && format && key.success
      ? await images.sized(key.data, Number(width) as ImageWidth, format as ImageFormat)
      : undefined
  if (!bytes)
    return new Response('There is no image at this address, or no longer.', {
      status: 404,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-cache' },
    })
  return new Response(bytes, {
    headers: {
      'content-type': format === 'jpg' ? 'image/jpeg' : `image/${format}`,
      'content-length': String(bytes.byteLength),
      // The address changes with the bytes.
      'cache-control': 'public, max-age=31536000, immutable',
      // Pages may be shown on other hosts, and previews of links are.
      'cross-origin-resource-policy': 'cross-origin',
      'content-security-policy': "default-src 'none'",
    },
  })
}
