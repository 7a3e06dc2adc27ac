import { defineJob, definePlugin } from '@espalier/core'
import { testApp } from '@espalier/core/testing'
import { expect, test } from 'vitest'
import { z } from 'zod'
import ai, { type Ai } from '../src/index.ts'
import { testModel } from '../src/testing/index.ts'

const name = defineJob({
  name: 'nursery.name',
  input: z.object({ fruit: z.string() }),
  retry: { limit: 0 },
  run: async ({ fruit }, context, service: Ai) => {
    const { output } = await service.ask(context, {
      purpose: 'nursery.name',
      idempotencyKey: `name/${fruit}`,
      messages: [{ role: 'user', content: fruit }],
      output: z.object({ tree: z.string() }),
    })
    return output
  },
})

const nursery = definePlugin({ name: 'nursery', requires: [ai], setup: ({ use }) => use(ai), jobs: [name] })
const app = await testApp({ plugins: [nursery] })
const model = await testModel(app, ({ messages }) => ({ json: { tree: `${messages.at(-1)?.content} tree` } }))

test('a plugin asks a model that says what the test says, in workspaces that come later, too', async () => {
  for (const { context } of [app.workspace, await app.newWorkspace()]) await context.enqueue(name, { fruit: 'pear' })
  expect((await app.quiet()).map(({ result }) => result)).toEqual([{ tree: 'pear tree' }, { tree: 'pear tree' }])
  expect(model.requests).toHaveLength(2)
  expect(model.requests[0]).toMatchObject({ model: 'gpt-4.1-mini', messages: [{ role: 'user', content: 'pear' }] })
})

test('what is not the schema’s is refused by the plugin, as a service’s would be', async () => {
  model.script(() => ({ json: { shrub: 'box' } }))
  await app.workspace.context.enqueue(name, { fruit: 'box' })
  await expect(app.quiet()).rejects.toMatchObject({ name: 'JobsFailed', cause: { code: 'AI_OUTPUT_INVALID' } })
})
