import { definePlugin, when } from '@espalier/core'
import { expect, test } from 'vitest'
import prompts, { testEnded } from '../src/index.ts'
import { greet, promptDoor } from './promptDoor.ts'

/** What another plugin hears. */
const heard: unknown[] = []
const listener = definePlugin({
  name: 'listener',
  requires: [prompts],
  on: [
    when(testEnded, async ({ payload }) => {
      heard.push(payload)
    }),
  ],
})

const { open, stub, service } = await promptDoor({ more: [listener] })

test('a test of a prompt ends after the score that decides it, and tells other plugins', async () => {
  stub.script(() => 'Hello.')
  const { prompt, add, createTest, startTest, run, context, test: read } = await open()
  const promptId = (await prompt(greet.name))?.id as string
  const treatment = await add(promptId, { language: 'EN', template: 'Say hello to {{ who }}.' })
  const made = await createTest({ promptId, name: 'Shorter', treatmentVariantId: treatment.data?.id })
  const id = made.data?.id as string
  await startTest(id)
  for (let nth = 0; nth < 300 && heard.length === 0; nth++) {
    const { version, executionId } = await run({ subject: `s${nth}` })
    const value = (version === 2 ? 0.8 : 0.3) + (nth % 2 === 0 ? 0.1 : -0.1)
    await service.score(context, executionId, { source: 'check', by: 'rules', metric: 'quality', value })
  }
  await expect.poll(() => heard).toHaveLength(1)
  expect(heard[0]).toMatchObject({ name: 'Shorter', language: 'en', reason: 'significant' })
  expect(await read(id)).toMatchObject({ status: 'COMPLETED', winner: { version: 2 } })
})
