import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const packages = join(import.meta.dirname, '../..')
const documents = readdirSync(packages, { recursive: true, encoding: 'utf8' })
  .filter((file) => /^(admin\/src|plugins\/[\w-]+\/admin)\/.*\.tsx?$/.test(file) && !file.includes('/graphql/'))
  .flatMap((file) =>
    [...readFileSync(join(packages, file), 'utf8').matchAll(/graphql\(\s*`([^`]*)`/g)].map(([, text = '']) => text),
  )

test('what names a version asks who saved another one: forms show it, and lose nothing', () => {
  const versioned = documents.filter((text) => /\bmutation\b[^{]*\$expectedVersion/.test(text))
  expect(versioned.length).toBeGreaterThan(10)
  for (const text of versioned) expect(text).toMatch(/\.\.\. on ConflictError \{\s*saved \{\s*by\s+at\s+version\s*\}/)
})

test('whatever a form can save against a version is: one press of a button overwrites nothing that was typed', () => {
  const schema = readFileSync(join(packages, '../docs/schema/admin.graphql'), 'utf8')
  const fields = [...schema.matchAll(/^ {2}(\w+)\(((?:(?!^ {2}\w+[(:]).)*?)^ {2}\): \w+Result/gms)]
    .filter(([, , args]) => args?.includes('expectedVersion: Int'))
    .map(([, field]) => field)
  expect(fields).toContain('updatePage')
  const forms = documents.filter((text) => /\$(?:input|value|content|limits):/.test(text))
  for (const field of fields)
    for (const text of forms.filter((one) => new RegExp(`\\b${field}\\(`).test(one)))
      expect(text, `${field} is called without its version`).toContain('expectedVersion:')
})
