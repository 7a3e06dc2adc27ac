import { execFile } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pluralOf, singularOf, withArticle } from '../pluginNew/english.ts'
import { pluginNames } from '../pluginNew/pluginNames.ts'
import { refuseTaken } from '../pluginNew/refuseTaken.ts'
import { edited, tutorialSteps } from './tutorial.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')

/** The repository as it is here, with the packages that are installed: nothing that is made in it lands in this one. */
let clone: string
beforeAll(async () => {
  clone = await mkdtemp(join(tmpdir(), 'espalier-clone-'))
  // Other tests make and remove files meanwhile; those are none of the repository's.
  const gone = (error: NodeJS.ErrnoException) => error.code === 'ENOENT' || Promise.reject(error)
  const exclude = (path: string) => /(^|\/)node_modules$/.test(path)
  const files = ['.npmrc', '.gitignore', 'LICENSE', ...globSync('**/*.*', { cwd: root, exclude })]
  await Promise.all(files.map((file) => cp(join(root, file), join(clone, file), { recursive: true }).catch(gone)))
  for (const folder of globSync('{,prisma/,examples/*/,packages/*/,packages/plugins/*/}node_modules', { cwd: root })) {
    // Links where the file system has them: a gigabyte in some seconds. What npm writes in place is copied.
    await run('cp', ['-al', join(root, folder), join(clone, folder)]).catch(() =>
      cp(join(root, folder), join(clone, folder), { recursive: true, verbatimSymlinks: true, force: true }),
    )
  }
  for (const name of ['.package-lock.json', '.espalier-prepared.json', '.cache', '.vite'])
    await rm(join(clone, 'node_modules', name), { recursive: true, force: true })
  await cp(join(root, 'node_modules/.package-lock.json'), join(clone, 'node_modules/.package-lock.json'))
}, 180_000)
afterAll(() => rm(clone, { recursive: true, force: true }))

/** Where this repository's own web app lies is no business of a clone, which would build its own over it. */
const { ESPALIER_WEB_APP: _, ESPALIER_CONFIG: __, ...environment } = process.env

/** Runs a program in the clone, without a way to any registry. @throws with `stdout` and `stderr` where it fails */
async function inClone(program: string, args: string[], env: NodeJS.ProcessEnv = {}) {
  const path = `${join(clone, 'node_modules/.bin')}${delimiter}${process.env.PATH}`
  const offline = { npm_config_registry: 'http://127.0.0.1:9', npm_config_offline: 'true' }
  return run(program, args, {
    cwd: clone,
    env: { ...environment, ...offline, PATH: path, ...env },
    maxBuffer: 64 * 1024 * 1024,
  })
}

const newPlugin = (names: string[], env?: NodeJS.ProcessEnv) => inClone('node', ['scripts/pluginNew.ts', ...names], env)

/** Does what docs/tutorial.md says, from where it has a plugin "loyalty" about rewards. What checks afterwards, checks that too. */
async function followTutorial(): Promise<void> {
  const steps = tutorialSteps(readFileSync(join(root, 'docs/tutorial.md'), 'utf8'))
  const isHere = (command: string) => !/^(git clone|npm start|npm run plugin:new|npx vitest|npm test)/.test(command)
  for (const step of steps) {
    if (step.kind === 'edit') {
      const file = join(clone, step.file)
      await writeFile(file, edited(await readFile(file, 'utf8'), step))
    } else if (isHere(step.command)) await quietly(inClone('sh', ['-c', step.command]))
  }
  expect(steps.filter(({ kind }) => kind === 'edit').length).toBeGreaterThan(10)
}

/** Everything in the clone that git would see, by path. */
function contents(): Map<string, string> {
  const exclude = (path: string) => /(^|\/)(node_modules|dist|generated|graphql|\.cache)$/.test(path)
  const files = globSync('**/*.{ts,tsx,json,md,sql,prisma,graphql}', { cwd: clone, exclude }).sort()
  return new Map(files.map((file) => [file, readFileSync(join(clone, file), 'latin1')]))
}

/** What docs/plugins.md shows of the plugin that it has its readers make, line by line. */
function linesOfTheGuide(): string[] {
  const guide = readFileSync(join(root, 'docs/plugins.md'), 'utf8')
  const section = /## Ten minutes[\s\S]*?\n## /.exec(guide)?.[0] ?? ''
  const lines = [...section.matchAll(/^```ts\n([\s\S]*?)^```/gm)].flatMap(([, code = '']) => code.split('\n'))
  expect(lines.length).toBeGreaterThan(20)
  return lines.map((line) => line.trim())
}

/** The code of the plugin that `plugin:new loyalty reward` made. */
function loyalty(): string {
  const files = globSync('packages/plugins/loyalty/{src,test}/**/*.ts', { cwd: clone })
  return files.map((file) => readFileSync(join(clone, file), 'utf8')).join('\n')
}

describe('npm run plugin:new', () => {
  test('makes plugins at which no check of the house finds a fault', { timeout: 900_000, retry: 0 }, async () => {
    const before = new Set(contents().keys())
    const { stdout } = await newPlugin(['gift-cards'])
    await newPlugin(['loyalty', 'reward'])

    expect(stdout).toContain('npx vitest run packages/plugins/gift-cards')
    expect(stdout).toContain('ESPALIER_PLUGINS_OFF=gift-cards')
    const made = [...contents().keys()].filter((file) => !before.has(file))
    expect(made.map((file) => file.replace(/\d{14}/, '<time>'))).toMatchSnapshot()
    const config = await readFile(join(clone, 'espalier.config.ts'), 'utf8')
    expect(config).toMatch(/^ {4}'@espalier\/gift-cards',\n {4}'@espalier\/loyalty',\n {2}\],$/m)

    expect(linesOfTheGuide().filter((line) => !loyalty().includes(line))).toEqual([])

    await followTutorial()

    const ours = ['packages/plugins/gift-cards', 'packages/plugins/loyalty']
    // Of what the whole house is checked for, what is about them: the rest is said by the checks themselves.
    for (const project of ['.', 'packages/admin'])
      expect(await faults('tsc', ['-p', project, '--pretty', 'false'])).toEqual([])
    expect(await faults('node', ['scripts/testSuite.ts', 'unused', 'boundaries'])).toEqual([])
    await quietly(inClone('biome', ['check', '--error-on-warnings', 'espalier.config.ts', ...ours]))
    // Their own tests, and those that look at every plugin, page, document or dependency that there is.
    const walks = ['documentation', 'words', 'dependencies'].map((name) => `scripts/test/${name}`)
    const ofServer = ['pluginWords', 'schema', 'apiExamples', 'webhookEvents'].map(
      (name) => `packages/server/test/${name}`,
    )
    await quietly(
      inClone('vitest', ['run', '--retry=0', ...ours, 'packages/admin/test/plugins', ...walks, ...ofServer]),
    )
  })

  test('leaves everything as it was where a step fails', { timeout: 180_000 }, async () => {
    const before = contents()
    const nowhere = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }
    const failed = await newPlugin(['coupons'], nowhere).catch((error) => error)
    expect(failed.stderr).toContain('Writing the migration failed')
    expect(failed.stderr).toContain('Nothing was changed.')
    expect(contents()).toEqual(before)
    expect(globSync('node_modules/@espalier/coupons', { cwd: clone })).toEqual([])
  })

  test('says in a sentence how it wants to be called', async () => {
    const { code, stderr } = await newPlugin([]).catch((error) => error)
    expect(code).toBe(1)
    expect(stderr).toMatch(/^Name the plugin: npm run plugin:new -- <name> \[thing\]\n/)
    expect(stderr).not.toContain(' at ')
  })

  test.each([
    ['tracking', 'There is packages/plugins/tracking and prisma/schema/tracking.prisma already.'],
    ['core', 'packages/core/package.json is the package "@espalier/core"'],
    ['alerts', '"Alert" is taken: there is Alert already.'],
    ['traffic', 'has that address'],
    ['collect', 'has that address'],
  ])('does not take the name "%s", which something has already', async (name, why) => {
    await expect(refuseTaken(clone, pluginNames([name]))).rejects.toThrow(why)
  })

  test('says what to do with half a plugin that somebody left', async () => {
    await mkdir(join(clone, 'packages/plugins/wishlists/src'), { recursive: true })
    const refused = await refuseTaken(clone, pluginNames(['wishlists'])).catch((error) => error)
    await rm(join(clone, 'packages/plugins/wishlists'), { recursive: true })
    expect(refused.message).toBe(
      'There is packages/plugins/wishlists already. There is no prisma/schema/wishlists.prisma, so it is half a plugin: delete it if nobody works on it. Or choose another name than "wishlists".',
    )
  })

  test('writes no migration that holds the changes of others too', async () => {
    const file = join(clone, 'prisma/schema/tracking.prisma')
    const text = await readFile(file, 'utf8')
    await writeFile(file, `${text}\nenum Unwritten {\n  one\n}\n`)
    const refused = await refuseTaken(clone, pluginNames(['wishlists'])).catch((error) => error)
    await writeFile(file, text)
    expect(refused.message).toContain('npm run db:migration -- <what_changed>')
  })
})

describe('the names of a plugin', () => {
  test('come from its own where that is a plural', () => {
    expect(pluginNames(['gift-cards'])).toMatchObject({
      ...{ service: 'giftCards', Service: 'GiftCards', snake: 'gift_cards' },
      ...{ thing: 'gift-card', item: 'giftCard', Items: 'GiftCards', Model: 'GiftCard', models: 'giftCards' },
    })
    expect(pluginNames(['replies'])).toMatchObject({ Model: 'Reply', models: 'replies' })
    expect(pluginNames(['boxes'])).toMatchObject({ Model: 'Box', models: 'boxes' })
  })

  test('have items where it is not, or what it is said to be about', () => {
    expect(pluginNames(['loyalty'])).toMatchObject({ Model: 'LoyaltyItem', models: 'loyaltyItems', thing: 'item' })
    expect(pluginNames(['analytics'])).toMatchObject({ Model: 'AnalyticsItem', Service: 'Analytics' })
    expect(pluginNames(['loyalty', 'reward'])).toMatchObject({ Model: 'LoyaltyReward', item: 'reward' })
    expect(pluginNames(['surveys', 'answer-sheet'])).toMatchObject({
      Model: 'SurveyAnswerSheet',
      items: 'answerSheets',
    })
    expect(pluginNames(['surveys', 'survey'])).toMatchObject({ Model: 'Survey', models: 'surveys' })
  })

  test.each([
    [['GiftCards'], '"GiftCards" cannot name a plugin: use lower-case words joined by hyphens, such as "gift-cards".'],
    [['gift_cards'], 'such as "gift-cards"'],
    [['2fa'], 'such as "fa"'],
    [['../../etc'], 'such as "etc"'],
    [['ÉTÉ'], 'lower-case words joined by hyphens'],
    [['loyalty-'], 'such as "loyalty"'],
    [['select'], '"select" is a key word of SQL'],
    [['orders'], '"order" is a key word of SQL'],
    [['users'], '"user" is a key word of SQL'],
    [['class'], '"class" is a key word of TypeScript'],
    [['nodes'], '"node" means something else in every GraphQL API'],
    [['promises'], '"Promise" is something else in JavaScript'],
    [['loyalty', 'Reward'], '"Reward" cannot name what it is about'],
    [['loyalty', 'constructor'], 'means something else'],
    [['customer-relationship-management'], 'has 32 letters; a name has at most 24'],
    [['--help'], 'Name the plugin'],
  ])('are not made of %j', (given, why) => {
    expect(() => pluginNames(given)).toThrow(why)
  })

  test('are plurals, singulars and articles of English', () => {
    const nouns = { city: 'cities', box: 'boxes', day: 'days', wish: 'wishes', 'gift-card': 'gift-cards' }
    for (const [one, many] of Object.entries(nouns)) expect([pluralOf(one), singularOf(many)]).toEqual([many, one])
    for (const word of ['loyalty', 'news', 'address', 'status', 'analytics', 'analysis'])
      expect(singularOf(word)).toBeUndefined()
    expect(['item', 'reward', 'offer', 'user', 'unit', 'umbrella'].map(withArticle)).toEqual([
      ...['an item', 'a reward', 'an offer', 'a user', 'a unit', 'an umbrella'],
    ])
  })
})

/** The lines in which a program names one of the new plugins, or something of theirs. */
async function faults(program: string, args: string[]): Promise<string[]> {
  const { stdout } = await inClone(program, args).catch((error: { stdout: string }) => error)
  return stdout.split('\n').filter((line) => /gift-?card|loyalty/i.test(line))
}

/** Shows what a failed check says in place of how it was called. */
async function quietly(check: Promise<unknown>): Promise<void> {
  await check.catch(({ stdout, stderr }) => {
    throw new Error(`${stdout}\n${stderr}`.slice(-6_000))
  })
}
