import { expect, test } from 'vitest'
import { definePlugin } from '../../src/index.ts'
import { servedKernel } from '../../src/testing/index.ts'

let answer: () => Promise<never> | Promise<{ state: 'ok'; sentence: { en: string; fr: string }; figures: [] }>
const sensor = definePlugin({
  name: 'sensor',
  health: [{ key: 'sensor', title: { en: 'Sensor', fr: 'Capteur' }, read: () => answer() }],
})
const { signIn } = await servedKernel([sensor])
const query =
  '{ systemHealth { state version startedAt parts { key title state sentence figures { label value unit } } } }'
interface Answer {
  systemHealth: {
    state: string
    version: string
    parts: {
      key: string
      title: string
      state: string
      sentence: string
      figures: { label: string; value: number; unit: string }[]
    }[]
  }
}
const well = async () => ({ state: 'ok' as const, sentence: { en: 'It feels.', fr: 'Il sent.' }, figures: [] as [] })

test('an administrator sees every part, with figures, in their language', async () => {
  answer = well
  const admin = await signIn({ role: 'admin' })
  const { systemHealth } = await admin.ask<Answer>(query)
  expect(systemHealth).toMatchObject({ state: 'OK', version: expect.stringMatching(/^\d+\.\d+\.\d+/) })
  expect(systemHealth.parts.map(({ key }) => key)).toEqual([
    'database',
    'jobs',
    'redis',
    'trusted-documents',
    'sensor',
    'live',
  ])
  const [database] = systemHealth.parts
  expect(database?.sentence).toMatch(/^PostgreSQL \d+/)
  expect(database?.figures.find(({ unit }) => unit === 'BYTES')?.value).toBeGreaterThan(1_000_000)
  await admin.ask('mutation { updateViewer(input: { locale: "fr" }) { __typename } }')
  const french = await admin.ask<Answer>(query)
  expect(french.systemHealth.parts.map(({ title }) => title)).toContain('Capteur')
})

test('a part that fails is down, and so is the whole; the others still say how they are', async () => {
  answer = () => Promise.reject(new Error('no hand'))
  const admin = await signIn({ role: 'admin' })
  const { systemHealth } = await admin.ask<Answer>(query)
  expect(systemHealth.state).toBe('DOWN')
  expect(systemHealth.parts.find(({ key }) => key === 'sensor')).toMatchObject({
    state: 'DOWN',
    sentence: expect.stringContaining('log'),
  })
  expect(systemHealth.parts.find(({ key }) => key === 'database')?.state).toBe('OK')
})

test('who does not look after the installation is refused', async () => {
  const editor = await signIn({ role: 'editor' })
  const { errors } = await editor.answer(query)
  expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN')
})
