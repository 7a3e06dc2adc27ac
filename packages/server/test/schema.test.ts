import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { breachesOfConvention, breachesOfPublicConvention, sdl } from '@espalier/core/server'
import { NoDeprecatedCustomRule, parse, validate } from 'graphql'
import { describe, expect, it } from 'vitest'
import { productSchemas } from '../src/commands/schema.ts'

const schemas = await productSchemas()
const folder = join(import.meta.dirname, '../../../docs/schema')

describe.each(['admin', 'public'] as const)('the %s schema of the product', (name) => {
  it('describes everything, decides who may see it, and pages its lists', () => {
    expect(breachesOfConvention(schemas[name])).toEqual([])
  })

  it('is the one in docs/schema ("npm run codegen" writes it)', async () => {
    expect(sdl(schemas[name])).toBe(await readFile(join(folder, `${name}.graphql`), 'utf8'))
  })
})

it('the public schema has names and examples that an integrator can rely on', () => {
  expect(breachesOfPublicConvention(schemas.public)).toEqual([])
})

it('the web app asks for nothing that is deprecated', async () => {
  const root = join(import.meta.dirname, '../../..')
  const files = globSync('packages/{admin/src,admin-kit/src/list,plugins/*/admin}/graphql/persisted-documents.json', {
    cwd: root,
  })
  expect(files.length).toBeGreaterThan(5)
  for (const file of files) {
    const documents = Object.values<string>(JSON.parse(await readFile(join(root, file), 'utf8')))
    const uses = documents.flatMap((text) => validate(schemas.admin, parse(text), [NoDeprecatedCustomRule]))
    expect(uses.map(({ message }) => `${file}: ${message}`)).toEqual([])
  }
})
