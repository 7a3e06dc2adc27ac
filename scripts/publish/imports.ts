import { parseSync } from '@swc/core'

/** What a compiled module imports, statically, dynamically or for types, as it is written there. */
export function importedSpecifiers(code: string, kind: 'module' | 'declarations'): Set<string> {
  const found = new Set<string>()
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    const specifier = specifierOf(node as SyntaxNode)
    if (specifier) found.add(specifier)
    Object.values(node).forEach(visit)
  }
  visit(parseSync(code, { syntax: kind === 'declarations' ? 'typescript' : 'ecmascript', target: 'es2024' }).body)
  return found
}

/** `@scope/name` for `@scope/name/deep/file`, the name that a package.json lists; undefined for files and for what comes with Node. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return undefined
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/** What SWC's nodes have in common with each other, as far as it is read here. */
interface SyntaxNode {
  readonly type?: string
  readonly source?: { readonly value?: string } | null
  readonly argument?: { readonly value?: string }
  readonly id?: { readonly type?: string; readonly value?: string }
  readonly callee?: { readonly type?: string }
  readonly arguments?: readonly { readonly expression?: { readonly value?: unknown } }[]
}

function specifierOf(node: SyntaxNode): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return node.source?.value
    // import('x').Type
    case 'TsImportType':
      return node.argument?.value
    // declare module 'x'
    case 'TsModuleDeclaration':
      return node.id?.type === 'StringLiteral' ? node.id.value : undefined
    case 'CallExpression': {
      const argument = node.callee?.type === 'Import' ? node.arguments?.[0]?.expression?.value : undefined
      return typeof argument === 'string' ? argument : undefined
    }
    default:
      return undefined
  }
}
