import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { KeptHtml } from '../src/templates/keptHtml.ts'

let folder: string
const document = (text: string) =>
  `<mjml><mj-body><mj-section><mj-column><mj-text>${text}</mj-text></mj-column></mj-section></mj-body></mjml>`

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'espalier-kept-html-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const file = () => join(folder, 'cache', 'mail-templates.json')

test('HTML of one start is taken by the next, which makes only what has changed', async () => {
  const first = new KeptHtml(folder)
  expect(await first.of(document('Apples'))).toContain('Apples')
  await first.keep()
  const kept = JSON.parse(await readFile(file(), 'utf8')) as Record<string, string>
  const [key] = Object.keys(kept) as [string]
  await writeFile(file(), JSON.stringify({ [key]: 'Pears, as somebody wrote into the file' }))

  const second = new KeptHtml(folder)
  expect(await second.of(document('Apples'))).toBe('Pears, as somebody wrote into the file')
  expect(await second.of(document('Quinces'))).toContain('Quinces')
  await second.keep()
  expect(Object.keys(JSON.parse(await readFile(file(), 'utf8')))).toHaveLength(2)
})

test('what is no longer asked for is not kept', async () => {
  const html = new KeptHtml(folder)
  await html.of(document('Medlars'))
  await html.keep()
  expect(Object.values(JSON.parse(await readFile(file(), 'utf8')))).toEqual([expect.stringContaining('Medlars')])
})

test('a file that is broken, or a folder that cannot be, changes nothing', async () => {
  await writeFile(file(), '{"half')
  expect(await new KeptHtml(folder).of(document('Plums'))).toContain('Plums')
  const nowhere = new KeptHtml(join(file(), 'below a file'))
  expect(await nowhere.of(document('Plums'))).toContain('Plums')
  await nowhere.keep()
})

test('MJML that does not do is told every time', async () => {
  const html = new KeptHtml(folder)
  await expect(html.of('<mjml><mj-nothing/></mjml>')).rejects.toThrow(/MJML/)
  await expect(html.of('<mjml><mj-nothing/></mjml>')).rejects.toThrow(/MJML/)
})
