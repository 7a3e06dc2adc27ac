import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { buildSchema, parse, validate } from 'graphql'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const exclude = (path: string) => /(^|\/)(node_modules|dist|generated|\.[^/]+)(\/|$)/.test(path)
const files = globSync('**/*.md', { cwd: root, exclude }).sort()
const sources = globSync('**/*.{ts,tsx,mjs}', { cwd: root, exclude }).map((file) => `/${file}`)

const schema = buildSchema(readFileSync(join(root, 'docs/schema/admin.graphql'), 'utf8'))

const withoutCode = (text: string) => text.replace(/^ *```[\s\S]*?^ *```/gm, '')

/** As GitHub makes the anchors of headings. */
const anchorsOf = (text: string) =>
  withoutCode(text)
    .split('\n')
    .filter((line) => /^#{1,6} /.test(line))
    .map((line) =>
      line
        .replace(/^#+ /, '')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    )

describe.each(files)('%s', (file) => {
  const text = readFileSync(join(root, file), 'utf8')

  it('links to what is there', () => {
    const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
    const dead = links
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => {
        const [path = '', anchor] = target.split('#')
        const linked = path === '' ? join(root, file) : join(root, dirname(file), path)
        if (!existsSync(linked)) return true
        return anchor !== undefined && !anchorsOf(readFileSync(linked, 'utf8')).includes(anchor)
      })
    expect(dead).toEqual([])
  })

  it('shows code as it stands in the file that it names', () => {
    const blocks = [...text.matchAll(/^<!-- code: (\S+) -->\n```\w+\n([\s\S]*?)^```/gm)]
    for (const [, path = '', code = ''] of blocks)
      expect(code.trim()).toBe(readFileSync(join(root, path), 'utf8').trim())
  })

  it('asks the API what it answers', () => {
    const operations = [...text.matchAll(/^```graphql\n([\s\S]*?)^```/gm)].map(([, source = '']) => source)
    const problems = operations.flatMap((source) => validate(schema, parse(source)))
    expect(problems.map(({ message }) => message)).toEqual([])
  })

  it('names source files that are there', () => {
    const named = [...text.matchAll(/`([\w./-]+\.(?:ts|tsx|mjs))`/g)].map(([, path = '']) => path)
    // The tutorial names what its reader makes: a test of the generator follows it.
    if (file === 'docs/tutorial.md') return
    expect(named.filter((path) => !sources.some((source) => source.endsWith(`/${path}`)))).toEqual([])
  })
})
