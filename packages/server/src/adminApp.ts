import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import type { Mount } from '@espalier/core/server'

/** A file in the encodings that the build made of it. */
interface AdminFile {
  readonly type: string
  readonly etag: string
  readonly body: Body
  readonly br?: Body
  readonly gzip?: Body
}

type Body = Uint8Array<ArrayBuffer>

export interface AdminApp {
  /** The app under /admin/, from memory, and the way to it from the bare address. */
  readonly mounts: readonly (Mount & { readonly handle: (request: Request) => Response })[]
  /** Texts of the operations that the app sends by their hash. */
  readonly operations: readonly string[]
  /** Real folders of the packages whose pages it was built with. Undefined before the first build. */
  readonly builtWith: readonly string[] | undefined
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

const distFolder = join(import.meta.dirname, '../../admin/dist')

/** Written by packages/admin/vite/documents.ts. */
const operationsFile = 'operations.json'
/** Written by packages/admin/vite/installedPages.ts. */
const pluginsFile = 'plugins.json'

/** The built admin web app. */
export async function adminApp(folder = distFolder): Promise<AdminApp> {
  const files = await readFiles(folder)
  const toApp = () => new Response(null, { status: 302, headers: { location: '/admin/' } })
  return {
    operations: (await readMade<string[]>(folder, operationsFile)) ?? [],
    builtWith: (await readMade<BuiltPlugin[]>(folder, pluginsFile))?.flatMap(({ folder, admin }) =>
      admin ? folder : [],
    ),
    mounts: [
      { path: '/', handle: toApp },
      { path: '/admin', handle: toApp },
      {
        path: '/admin/*',
        handle: (request) => serve(request, new URL(request.url).pathname.slice('/admin/'.length), files),
      },
      // Where the links of invitations lead.
      { path: '/invitation', handle: (request) => serve(request, 'index.html', files) },
    ],
  }
}

function serve(request: Request, path: string, files: ReadonlyMap<string, AdminFile>): Response {
  // Any other path is a page of the app, which the app itself finds.
  const file = files.get(path) ?? (path.startsWith('assets/') ? undefined : files.get('index.html'))
  if (!file)
    return new Response('There is no such file in the admin app. It may be of an older version: reload the page.', {
      status: 404,
    })
  const encoding = encodingFor(request, file)
  const etag = encoding ? file.etag.replace(/"$/, `-${encoding}"`) : file.etag
  const headers = {
    'content-type': file.type,
    etag,
    vary: 'accept-encoding',
    // Names of assets carry the hash of their content; everything else is asked for again.
    'cache-control': path.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    'content-security-policy':
      "default-src 'self'; img-src 'self' data: https:; style-src 'self' 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  }
  if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers })
  const body = (encoding && file[encoding]) ?? file.body
  return new Response(body, { headers: encoding ? { ...headers, 'content-encoding': encoding } : headers })
}

/** The smallest encoding that there is and that the browser takes; undefined: as it is. */
function encodingFor(request: Request, file: AdminFile): 'br' | 'gzip' | undefined {
  const accepted = (request.headers.get('accept-encoding') ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => !/;\s*q=0(\.0*)?$/.test(part))
    .map((part) => part.split(';', 1)[0])
  return (['br', 'gzip'] as const).find((encoding) => file[encoding] && accepted.includes(encoding))
}

async function readFiles(folder: string): Promise<Map<string, AdminFile>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  const served = paths.filter(
    (path) => !/\.(br|gz)$/.test(path) && ![operationsFile, pluginsFile].includes(relative(folder, path)),
  )
  const bodyOf = async (path: string) => (paths.includes(path) ? new Uint8Array(await readFile(path)) : undefined)
  return new Map(
    await Promise.all(
      served.map(async (path): Promise<[string, AdminFile]> => {
        const body = new Uint8Array(await readFile(path))
        const [br, gzip] = await Promise.all([bodyOf(`${path}.br`), bodyOf(`${path}.gz`)])
        const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
        return [
          relative(folder, path).split(sep).join('/'),
          {
            type: types[extname(path)] ?? 'application/octet-stream',
            etag,
            body,
            ...(br && { br }),
            ...(gzip && { gzip }),
          },
        ]
      }),
    ),
  )
}

interface BuiltPlugin {
  readonly folder: string
  readonly admin?: string
}

/** What the build tells the server. Undefined before the first build. */
async function readMade<Content>(folder: string, file: string): Promise<Content | undefined> {
  const text = await readFile(join(folder, file), 'utf8').catch(() => undefined)
  return text && JSON.parse(text)
}
