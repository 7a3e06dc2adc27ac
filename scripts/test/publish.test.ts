import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { keepFiles } from '../publish/apiReports.ts'
import { firstSentence, readDocComment } from '../publish/docComment.ts'
import { importedSpecifiers, packageOf } from '../publish/imports.ts'
import { OriginalComments } from '../publish/originalComments.ts'
import { type Manifest, publishablePackages } from '../publish/publishable.ts'
import { type PublishedImports, publishedManifest } from '../publish/publishedManifest.ts'

const house: Manifest = { name: 'house', version: '1.4.0', license: 'MIT', devDependencies: { vitest: '5.1.1' } }
const versions = { vitest: '5.1.1', pino: '10.4.0', react: '19.3.1', '@espalier/admin-kit': '*' }

function imports({ modules = [], types = [], optional = [] }: Partial<Record<keyof PublishedImports, string[]>>) {
  return { modules: new Set(modules), types: new Set(types), optional: new Set(optional) }
}

function published(manifest: Partial<Manifest>, found: Parameters<typeof imports>[0] = {}): object {
  const whole = { name: '@espalier/loyalty', version: '1.4.0', exports: { '.': './src/index.ts' }, ...manifest }
  return publishedManifest(whole, house, imports(found), versions, false)
}

describe('the package.json that is published', () => {
  it('leads to JavaScript and its types, types first, and keeps what is neither', () => {
    const doors = { '.': './src/index.ts', './admin': './admin/index.tsx', './theme.css': './src/theme.css' }
    expect(published({ exports: doors })).toMatchObject({
      type: 'module',
      exports: {
        '.': { types: './src/index.d.ts', default: './src/index.js' },
        './admin': { types: './admin/index.d.ts', default: './admin/index.js' },
        './theme.css': './src/theme.css',
      },
    })
    expect(Object.keys((published({}) as { exports: { '.': object } }).exports['.'])[0]).toBe('types')
  })

  it('asks for the packages of the house as peers, in the range of its own version: there is one kernel', () => {
    expect(published({ dependencies: { '@espalier/core': '*', pino: '10.4.0' } })).toMatchObject({
      version: '1.4.0',
      dependencies: { pino: '10.4.0' },
      peerDependencies: { '@espalier/core': '^1.4.0' },
    })
  })

  it('brings along what its types name, and leaves what only pages and tests load to those who have them', () => {
    const manifest = { devDependencies: { '@types/pg': '8.23.1' }, dependencies: { pg: '8.23.1' } }
    const found = { types: ['pg', 'pino'], optional: ['react', 'vitest', '@espalier/admin-kit'] }
    expect(published(manifest, found)).toMatchObject({
      dependencies: { pg: '8.23.1', '@types/pg': '8.23.1', pino: '10.4.0' },
      peerDependencies: { react: '^19.3.1', vitest: '^5.1.1', '@espalier/admin-kit': '^1.4.0' },
      peerDependenciesMeta: { react: { optional: true }, vitest: { optional: true } },
    })
  })

  it('is refused where the code imports what is not listed, though the house has it', () => {
    expect(() => published({}, { modules: ['pino'] })).toThrow(
      '@espalier/loyalty imports pino, which its package.json does not list',
    )
  })
})

describe('the packages that are published', () => {
  async function houseWith(packages: Record<string, Partial<Manifest>>): Promise<string> {
    const root = await mkdtemp(join(tmpdir(), 'espalier-house-'))
    onTestFinished(() => rm(root, { recursive: true }))
    const all = { '': { version: '1.4.0', workspaces: ['packages/*', '!packages/left'] }, ...packages }
    for (const [folder, manifest] of Object.entries(all)) {
      await mkdir(join(root, folder), { recursive: true })
      await writeFile(join(root, folder, 'package.json'), JSON.stringify({ name: folder, ...manifest }))
    }
    return root
  }

  it('are the workspaces that are neither private nor left out', async () => {
    const exports = { '.': './src/index.ts' }
    const root = await houseWith({
      'packages/open': { version: '1.4.0', exports },
      'packages/own': { version: '1.4.0', exports, private: true },
      'packages/left': { version: '0.0.1', exports },
    })
    expect(publishablePackages(root).map(({ folder }) => folder)).toEqual(['packages/open'])
  })

  it('have the version of the house, and doors', async () => {
    const behind = await houseWith({ 'packages/behind': { version: '1.3.9', exports: {} } })
    expect(() => publishablePackages(behind)).toThrow(
      'packages/behind/package.json says version 1.3.9, the house is at 1.4.0. Run: npm version 1.4.0',
    )
    const closed = await houseWith({ 'packages/closed': { version: '1.4.0' } })
    expect(() => publishablePackages(closed)).toThrow('packages/closed/package.json has no "exports"')
  })
})

describe('a report that is kept', () => {
  it('differs until it is accepted', async () => {
    const root = await mkdtemp(join(tmpdir(), 'espalier-reports-'))
    onTestFinished(() => rm(root, { recursive: true }))
    const report = new Map([['docs/api/core.api.md', 'export function sign(): void;\n']])
    expect(await keepFiles(root, report, false)).toEqual(['docs/api/core.api.md'])
    expect(await keepFiles(root, report, true)).toEqual(['docs/api/core.api.md'])
    expect(await keepFiles(root, report, false)).toEqual([])
    const changed = new Map([['docs/api/core.api.md', 'export function sign(name: string): void;\n']])
    expect(await keepFiles(root, changed, false)).toEqual(['docs/api/core.api.md'])
    expect(await readFile(join(root, 'docs/api/core.api.md'), 'utf8')).toBe('export function sign(): void;\n')
  })
})

describe('the imports of a compiled file', () => {
  it('are found wherever they stand, and not in comments and texts', () => {
    const code = `
      // import 'commented'
      import a from 'pg'
      export * from './own.js'
      const text = "import 'quoted'"
      const later = () => import('@scope/name/deep.js')`
    expect([...importedSpecifiers(code, 'module')]).toEqual(['pg', './own.js', '@scope/name/deep.js'])
  })

  it('are found in types too', () => {
    const declarations = `
      export declare const one: import('pino').Logger
      declare module 'vitest' { interface ProvidedContext { one: string } }`
    expect([...importedSpecifiers(declarations, 'declarations')]).toEqual(['pino', 'vitest'])
  })

  it('belong to a package by the name that a package.json lists', () => {
    expect(['@scope/name/deep.js', 'pg/lib/x', './own.js', 'node:fs'].map(packageOf)).toEqual([
      '@scope/name',
      'pg',
      undefined,
      undefined,
    ])
  })
})

describe('a doc comment', () => {
  it('is read in its parts, however they stand', () => {
    const comment = `/**
 * Takes an entry. It is shown later; see {@link approve}.
 *
 * @param text up to 500 characters,
 *   without links
 * @returns its id @throws InvalidInputError
 * @example
 * sign({
 *   text: 'Hello',
 * })
 */`
    expect(readDocComment(comment)).toEqual({
      summary: 'Takes an entry. It is shown later; see {@link approve}.',
      parameters: [{ name: 'text', text: 'up to 500 characters,\n  without links' }],
      returns: 'its id',
      throws: ['InvalidInputError'],
      examples: ["sign({\n  text: 'Hello',\n})"],
    })
  })

  it('may have a tag after a sentence, and names of packages in it', () => {
    const { summary, throws } = readDocComment('/** Opens `@espalier/core`. @throws StartError */')
    expect({ summary, throws }).toEqual({ summary: 'Opens `@espalier/core`.', throws: ['StartError'] })
  })

  it('begins with the sentence that lists show', () => {
    expect(firstSentence('A list at 4.5 a second. And more.\n\nOther.')).toBe('A list at 4.5 a second.')
    expect(firstSentence('Asks for `... on X`, e.g. two. Then.')).toBe('Asks for `... on X`, e.g. two.')
    expect(firstSentence('Without an end')).toBe('Without an end')
  })

  it('is found as it was written, with the margins of its example', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'espalier-comments-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const written = "/**\n * Signs.\n *\n * @example\n * sign({\n *   text: 'Hello',\n * })\n */"
    await writeFile(join(folder, 'sign.d.ts'), `${written}\nexport declare function sign(): void;\n`)
    const kept = "/**\n * Signs.\n *\n * @example\n *\n * sign({\n *  text: 'Hello',\n * })\n */\n"
    expect(new OriginalComments().find(join(folder, 'sign.d.ts'), kept)).toBe(written)
  })
})
