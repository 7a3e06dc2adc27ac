import { access, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { NotUndone, Undo } from '../pluginNew/undo.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'espalier-undone-'))
  await mkdir(join(root, 'docs/schema'), { recursive: true })
  await writeFile(join(root, 'docs/schema/public.graphql'), 'before')
  await writeFile(join(root, 'list.ts'), 'before')
})
afterEach(() => rm(root, { recursive: true, force: true }))

const read = (path: string) => readFile(join(root, path), 'utf8')

describe('what is taken back', () => {
  test('is as it was, without what others wrote into it, and without a trace', async () => {
    const undo = await Undo.of(root, ['list.ts', 'docs/schema'])
    await undo.write('packages/hives/index.ts', 'new')
    await writeFile(join(root, 'list.ts'), 'after')
    await writeFile(join(root, 'docs/schema/more.graphql'), 'new')
    await undo.everything()
    expect(await read('list.ts')).toBe('before')
    expect((await readdir(root, { recursive: true })).sort()).toEqual([
      'docs',
      'docs/schema',
      'docs/schema/public.graphql',
      'list.ts',
    ])
    await expect(access(undo.copies)).rejects.toThrow('ENOENT')
  })

  test('leaves what it cannot put back as it is, and says where the copies are', async () => {
    const undo = await Undo.of(root, ['docs/schema', 'list.ts'])
    await writeFile(join(root, 'list.ts'), 'after')
    // The copy cannot be read, as on a disk that fails.
    await rm(join(undo.copies, 'list.ts'))
    const cause = await undo.everything().catch((error: Error) => error)
    expect(cause).toBeInstanceOf(Error)
    expect(await read('list.ts')).toBe('after')
    expect((await readdir(root)).sort()).toEqual(['docs', 'list.ts'])
    expect(await readdir(undo.copies)).toContain('docs')
    expect(new NotUndone(new Error('Linking failed'), undo, cause as Error).message).toContain(undo.copies)
    await undo.forget()
  })
})
