import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Plugin } from 'vite'

/**
 * Puts each GraphQL document where it is used: `graphql(`…`)` becomes its text and hash. Otherwise the map of all documents
 * of a folder would come along with the first of them. Writes the operations of the build into `operations.json`, which
 * the server reads and does not serve.
 */
export function documents(): Plugin {
  const used = new Map<string, string>()
  return {
    name: 'espalier-documents',
    enforce: 'pre',
    transform(code, id) {
      const [module = ''] = id.split('?')
      if (!/\.tsx?$/.test(module) || !code.includes('graphql(`')) return null
      const folder = generatedFolder(module)
      if (!folder) return null
      const file = join(folder, 'persisted-documents.json')
      this.addWatchFile(file)
      const operations = readOperations(file)
      const inlined = code
        .replace(/\bgraphql\(\s*`([^`]*)`,?\s*\)/g, (_, source: string) => {
          const name = /\b(?:query|mutation|subscription)\s+(\w+)/.exec(source)?.[1]
          // A fragment by itself is sent with the operations that spread it.
          if (!name) return 'undefined'
          const operation = operations.get(name)
          if (!operation) return this.error(`There is no document ${name} in ${folder}. Run graphql-codegen.`)
          used.set(operation.hash, operation.text)
          const { hash, text } = operation
          return `/* @__PURE__ */ Object.assign(new String(${JSON.stringify(text)}), { __meta__: { hash: ${JSON.stringify(hash)} } })`
        })
        .replace(/^import \{ graphql \} from '[^']*\/graphql\/index\.ts'$/m, '')
      return { code: inlined, map: null }
    },
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'operations.json', source: JSON.stringify([...used.values()].sort()) })
    },
  }
}

/** The `graphql/` folder that belongs to a file: its own folder's or one above. */
function generatedFolder(file: string): string | undefined {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const candidate = join(folder, 'graphql')
    if (existsSync(join(candidate, 'persisted-documents.json'))) return candidate
  }
  return undefined
}

interface Operation {
  readonly hash: string
  readonly text: string
}

/** By name, which is unique in a folder; fragments may stand before the operation. Read anew each time: in development they change while this runs. */
function readOperations(file: string): Map<string, Operation> {
  const texts: Record<string, string> = JSON.parse(readFileSync(file, 'utf8'))
  return new Map(
    Object.entries(texts).map(([hash, text]) => [
      /(?:^|\})\s*(?:query|mutation|subscription)\s+(\w+)/.exec(text)?.[1] ?? '',
      { hash, text },
    ]),
  )
}
