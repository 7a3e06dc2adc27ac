import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { breachesOfConvention, sdl } from '@espalier/core/server'
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
