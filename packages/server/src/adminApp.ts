import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import type { Mount } from '@espalier/core/server'

interface AdminFile {
  readonly body: Uint8Array<ArrayBuffer>
  readonly type: string
  readonly etag: string
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

const distFolder = join(import.meta.dirname, '../../admin/dist')

/** The built admin web app under /admin/, from memory, and the way to it from the bare address. */
export async function adminApp(): Promise<Mount[]> {
  const files = await readFiles(distFolder)
  return [
    { path: '/', handle: () => new Response(null, { status: 302, headers: { location: '/admin/' } }) },
    { path: '/admin', handle: () => new Response(null, { status: 302, headers: { location: '/admin/' } }) },
    {
      path: '/admin/*',
      handle: (request) => serve(request, new URL(request.url).pathname.slice('/admin/'.length), files),
    },
    // Where the links of invitations lead.
    { path: '/invitation', handle: (request) => serve(request, 'index.html', files) },
  ]
}

function serve(request: Request, path: string, files: ReadonlyMap<string, AdminFile>): Response {
  // Any other path is a screen of the app, which the app itself finds.
  const file = files.get(path) ?? (path.startsWith('assets/') ? undefined : files.get('index.html'))
  if (!file)
    return new Response('There is no such file in the admin app. It may be of an older version: reload the page.', {
      status: 404,
    })
  const headers = {
    'content-type': file.type,
    etag: file.etag,
    // Names of assets carry the hash of their content; everything else is asked for again.
    'cache-control': path.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    'content-security-policy':
      "default-src 'self'; img-src 'self' data: https:; style-src 'self' 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  }
  if (request.headers.get('if-none-match') === file.etag) return new Response(null, { status: 304, headers })
  return new Response(file.body, { headers })
}

async function readFiles(folder: string): Promise<Map<string, AdminFile>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile())
  return new Map(
    await Promise.all(
      files.map(async ({ parentPath, name }): Promise<[string, AdminFile]> => {
        const path = join(parentPath, name)
        const body = new Uint8Array(await readFile(path))
        const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
        return [
          relative(folder, path).split(sep).join('/'),
          { body, type: types[extname(name)] ?? 'application/octet-stream', etag },
        ]
      }),
    ),
  )
}
