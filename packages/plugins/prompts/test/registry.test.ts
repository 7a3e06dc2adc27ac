import { definePlugin } from '@espalier/core'
import { describe, expect, test } from 'vitest'
import prompts from '../src/index.ts'
import { Definitions } from '../src/registry/definitions.ts'
import { gardenWith, greet, promptDoor } from './promptDoor.ts'

const { open, service, time } = await promptDoor()

const headline = {
  name: 'pages.write-headline',
  description: 'A headline.',
  variables: [{ name: 'product', type: 'TEXT', example: 'Pears' }],
  variant: { language: 'EN', template: 'Write a headline for {{ product }}.' },
}
const said = (template: string, more: object = {}) => ({ language: 'EN', template, ...more })
const states = (nodes: { version: number; language: string; status: string }[]) =>
  nodes.map(({ language, version, status }) => `${language} ${version} ${status}`).sort()

describe('a prompt of a plugin', () => {
  test('is there before anybody used it, as version 1 in both languages', async () => {
    const { client, prompt } = await open()
    expect(await prompt(greet.name)).toMatchObject({
      builtIn: true,
      variables: [
        { name: 'who', type: 'TEXT', required: true },
        { name: 'trees', type: 'LIST', required: false },
      ],
    })
    const { prompts: listed } = await client.ask<{ prompts: { totalCount: number; nodes: { name: string }[] } }>(
      '{ prompts(first: 100) { totalCount nodes { name } } }',
    )
    expect(listed.nodes.map(({ name }) => name)).toEqual(expect.arrayContaining([greet.name, 'prompts.judge']))
    expect(listed.totalCount).toBe(service.definitions.all.length)
  })

  test('follows a release where nobody has touched it, and waits as a draft where somebody has', async () => {
    const { context, prompt, add, activate } = await open()
    const before = await prompt(greet.name)
    const french = await add(before?.id as string, { language: 'FR', template: 'Bonjour {{ who }} !' })
    await activate(french.data?.id as string)
    const next = new Definitions()
    next.add({
      ...greet,
      variables: [...greet.variables, { name: 'hour', type: 'number', description: 'Of the day.', required: false }],
      wordings: {
        en: { system: '', template: 'Say hello to {{ who }}.' },
        fr: { system: '', template: 'Dites bonjour à {{ who }}.' },
      },
    })
    const { BuiltIns } = await import('../src/registry/builtIns.ts')
    const builtIns = new BuiltIns(next)
    // Two processes start at once.
    await Promise.all([builtIns.syncAll(context), builtIns.syncAll(context)])
    const rows = await context.db.prisma.promptVariant.findMany({ where: { prompt: { name: greet.name } } })
    expect(states(rows)).toEqual([...['en 1 retired', 'en 2 active'], ...['fr 1 retired', 'fr 2 active', 'fr 3 draft']])
    const lineage = await context.db.prisma.promptLineage.findMany({ where: { child: { version: 3, language: 'fr' } } })
    expect(lineage).toMatchObject([{ kind: 'manualEdit', strategy: 'A release of the plugin changed the wording.' }])
  })

  test('takes over where what a person wrote asks for a variable that a release no longer gives', async () => {
    const { context, prompt, add, activate } = await open()
    const id = (await prompt(greet.name))?.id as string
    const own = await add(id, said('Greet {{ who }} below {{ trees | join: ", " }}.'))
    await activate(own.data?.id as string)
    const next = new Definitions()
    next.add({
      ...greet,
      variables: greet.variables.slice(0, 1),
      wordings: { ...greet.wordings, en: { system: '', template: 'Greet {{ who }}.' } },
    })
    const { BuiltIns } = await import('../src/registry/builtIns.ts')
    await new BuiltIns(next).syncAll(context)
    const rows = await context.db.prisma.promptVariant.findMany({
      where: { language: 'en', prompt: { name: greet.name } },
    })
    expect(states(rows)).toEqual(['en 1 retired', 'en 2 retired', 'en 3 active'])
    expect(await activate(own.data?.id as string)).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining(
        'no longer fits the variables of its prompt: its template asks for "trees" in line 1',
      ),
    })
  })

  test('stops the start when its name is taken or none, or its template asks for what is not given', () => {
    const definitions = new Definitions()
    definitions.add(greet)
    const add = (change: object) => () => definitions.add({ ...greet, ...change })
    expect(add({})).toThrow('The prompt "garden.greet" is defined twice.')
    expect(add({ name: 'Greet!' })).toThrow('A prompt is named "Greet!". Name it as "landing-pages.write-variant"')
    const wordings = { ...greet.wordings, fr: { system: '', template: 'Saluez\n{{ qui }}.' } }
    expect(add({ name: 'garden.other', wordings })).toThrow(
      'wordings.fr.template asks for "qui" in line 2, which the prompt does not declare. Its variables are: who, trees.',
    )
    expect(add({ name: 'garden.other', parameters: { temperature: 3 } })).toThrow('parameters.temperature is above 2')
    expect(gardenWith(greet).name).toBe('garden')
    expect(definePlugin({ name: 'x', requires: [prompts] }).name).toBe('x')
  })
})

describe('a prompt of people', () => {
  test('has versions that never change, one of them active in each language, and a way back', async () => {
    const { create, add, activate, rollBack, retire, prompt, context } = await open()
    const made = await create(headline)
    expect(made.data).toMatchObject({ name: headline.name, builtIn: false })
    expect(states(made.data?.variants.nodes ?? [])).toEqual(['EN 1 ACTIVE'])
    const id = made.data?.id as string
    const second = (await add(id, said('A headline for {{ product }}, short.', { note: 'shorter' }))).data
    expect(second).toMatchObject({ version: 2, status: 'DRAFT', note: 'shorter' })
    const third = (await add(id, said('Headline: {{ product }}'))).data
    time.advance(60_000)
    await activate(second?.id as string)
    time.advance(60_000)
    await activate(third?.id as string)
    expect(await rollBack(id, 'EN')).toMatchObject({ data: { version: 2, status: 'ACTIVE' } })
    expect(await rollBack(id, 'EN')).toMatchObject({ data: { version: 1, status: 'ACTIVE' } })
    expect(await rollBack(id, 'EN')).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('No other variant of "pages.write-headline" in "en" was active before'),
    })
    expect(states((await prompt(headline.name))?.variants.nodes ?? [])).toEqual([
      'EN 1 ACTIVE',
      'EN 2 RETIRED',
      'EN 3 RETIRED',
    ])
    // Activated once more, the third came after the first, which the way back leads to.
    time.advance(60_000)
    await activate(third?.id as string)
    expect(await rollBack(id, 'EN')).toMatchObject({ data: { version: 1, status: 'ACTIVE' } })
    const first = (await prompt(headline.name))?.variants.nodes.find(({ version }) => version === 1)
    expect(await retire(first?.id as string)).toMatchObject({
      message: expect.stringContaining('is the last one that is active'),
    })
    const french = (await add(id, { language: 'FR', template: 'Un titre pour {{ product }}.' })).data
    await activate(french?.id as string)
    expect(await retire(french?.id as string)).toMatchObject({ data: { status: 'RETIRED' } })
    // Whoever made it stands beside it, and the parent of an edit is what was active then.
    const lineage = await context.db.prisma.promptLineage.findMany({
      where: { child: { language: 'en' } },
      include: { parent: true, child: true },
      orderBy: { id: 'asc' },
    })
    expect(lineage.map(({ kind, parent, child }) => [kind, parent.version, child.version])).toEqual([
      ['manualEdit', 1, 2],
      ['manualEdit', 1, 3],
    ])
  })

  test('gets versions 2 to 9 from eight people who write at once', async () => {
    const { create, add } = await open()
    const id = (await create(headline)).data?.id as string
    const added = await Promise.all(Array.from({ length: 8 }, (_, nth) => add(id, said(`${nth} {{ product }}`))))
    expect(added.map(({ data }) => data?.version).sort()).toEqual([2, 3, 4, 5, 6, 7, 8, 9])
  })

  test('leaves one active of two that are activated at once', async () => {
    const { create, add, activate, prompt } = await open()
    const id = (await create(headline)).data?.id as string
    const [one, other] = [await add(id, said('one {{ product }}')), await add(id, said('other {{ product }}'))]
    await Promise.all([one, other].map(({ data }) => activate(data?.id as string)))
    const nodes = (await prompt(headline.name))?.variants.nodes ?? []
    expect(nodes.filter(({ status }) => status === 'ACTIVE')).toHaveLength(1)
  })

  test.each([
    [
      'a template with an unknown variable',
      { template: 'a\n{{ produkt }}' },
      'input.variant.template',
      'asks for "produkt" in line 2, which the prompt does not declare. Its variables are: product.',
    ],
    [
      'a template that does not parse',
      { template: '{% if product %}' },
      'input.variant.template',
      'is no valid template, in line 1: tag {% if product %} not closed',
    ],
    [
      'a template that reads files',
      { template: '{% include "x" %}' },
      'input.variant.template',
      'tag "include" not found',
    ],
    ['an unknown filter', { template: '{{ product | shout }}' }, 'input.variant.template', 'undefined filter: shout'],
    ['an empty template', { template: ' ' }, 'input.variant.template', 'is empty'],
    [
      'a temperature of 3',
      { template: 'x', parameters: { temperature: 3 } },
      'input.variant.parameters.temperature',
      'is above 2',
    ],
  ])('refuses %s', async (_what, variant, path, message) => {
    const { create } = await open()
    expect(await create({ ...headline, variant: { language: 'EN', ...variant } })).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path, message: expect.stringContaining(message) }],
    })
  })

  test('refuses names that are taken or none, variables that are none, and examples of another type', async () => {
    const { create } = await open()
    expect(await create({ ...headline, name: greet.name })).toMatchObject({
      code: 'CONFLICT',
      message: 'There is a prompt "garden.greet" in this workspace already. Choose another name.',
    })
    const variables = [
      { name: 'Product', type: 'TEXT' },
      { name: 'n', type: 'NUMBER', example: 'many' },
    ]
    expect(await create({ ...headline, name: 'Headline', variables })).toMatchObject({
      issues: [{ path: 'input.name' }, { path: 'input.variables.0.name' }, { path: 'input.variables.1.example' }],
    })
    expect(await create({ ...headline, variables: variables.slice(1) })).toMatchObject({
      issues: [
        {
          path: 'input.variables.0.example',
          message: expect.stringContaining('of "n" is the text "many", and the variable is of type number'),
        },
      ],
    })
  })

  test('is another workspace’s business nowhere', async () => {
    const mine = await open()
    const theirs = await open()
    const made = await mine.create(headline)
    const id = made.data?.id as string
    const variantId = made.data?.variants.nodes[0]?.id as string
    expect(await theirs.prompt(headline.name)).toBeNull()
    for (const answer of [
      await theirs.add(id, said('x')),
      await theirs.activate(variantId),
      await theirs.retire(variantId),
      await theirs.rollBack(id, 'EN'),
      await theirs.tryOut(variantId, {}),
      await theirs.createTest({ promptId: id, name: 'x', treatmentVariantId: variantId }),
    ])
      expect(answer.code).toBe('NOT_FOUND')
    expect(await theirs.create(headline)).toMatchObject({ data: { name: headline.name } })
  })
})

describe('a variant', () => {
  test('is compared with any other, by lines, words and parameters', async () => {
    const { create, add, client } = await open()
    const made = await create({ ...headline, variant: said('Write a headline.\nFor {{ product }}.\nBe short.') })
    const other = await add(
      made.data?.id as string,
      said('Write a headline.\nAbout {{ product }}.\nBe short.', {
        system: 'You sell.',
        parameters: { temperature: 0.2 },
      }),
    )
    const { promptDiff } = await client.ask<{ promptDiff: unknown }>(
      `query($from: ID!, $to: ID!) { promptDiff(from: $from, to: $to) { from { version } to { version }
        texts { part hunks { fromLine fromLines toLine toLines lines { kind text } } words { kind text } } parameters { name from to } } }`,
      { from: made.data?.variants.nodes[0]?.id, to: other.data?.id },
    )
    expect(promptDiff).toMatchObject({
      ...{ from: { version: 1 }, to: { version: 2 } },
      parameters: [{ name: 'temperature', from: null, to: '0.2' }],
      texts: [
        { part: 'SYSTEM', hunks: [{ lines: [{ kind: 'ADDED', text: 'You sell.' }] }] },
        {
          part: 'TEMPLATE',
          hunks: [
            {
              ...{ fromLine: 1, fromLines: 3, toLine: 1, toLines: 3 },
              lines: [
                { kind: 'SAME', text: 'Write a headline.' },
                { kind: 'REMOVED', text: 'For {{ product }}.' },
                { kind: 'ADDED', text: 'About {{ product }}.' },
                { kind: 'SAME', text: 'Be short.' },
              ],
            },
          ],
          words: expect.arrayContaining([
            { kind: 'REMOVED', text: 'For' },
            { kind: 'ADDED', text: 'About' },
          ]),
        },
      ],
    })
  })

  test('is shown filled in, with its examples or with what one gives', async () => {
    const { create, client } = await open()
    const made = await create({ ...headline, variant: said('Write for {{ product }}.', { system: 'You sell.' }) })
    const preview = (variables?: unknown) =>
      client.ask<{
        promptPreview: { messages: { role: string; content: string }[]; characters: number; estimatedTokens: number }
      }>(
        'query($id: ID!, $variables: JSON) { promptPreview(variantId: $id, variables: $variables) { messages { role content } characters estimatedTokens } }',
        { id: made.data?.variants.nodes[0]?.id, variables },
      )
    const { promptPreview } = await preview()
    expect(promptPreview.messages).toEqual([
      { role: 'system', content: expect.stringMatching(/^You sell\.\n\nWhat stands between <data> and <\/data>/) },
      { role: 'user', content: 'Write for <data>Pears</data>.' },
    ])
    expect(promptPreview.estimatedTokens).toBe(Math.ceil(promptPreview.characters / 4))
    expect((await preview({ product: 'Quinces' })).promptPreview.messages[1]?.content).toContain('Quinces')
    await expect(preview({ produce: 1 })).rejects.toThrow('variables.product: is missing')
    await expect(preview([1])).rejects.toThrow('is no object')
  })
})
