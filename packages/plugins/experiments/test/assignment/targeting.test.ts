import { servedKernel } from '@espalier/core/testing'
import tracking from '@espalier/tracking'
import { describe, expect, test } from 'vitest'
import experiments from '../../src/index.ts'

const { kernel, signIn } = await servedKernel([tracking, experiments])
const service = kernel.service(experiments)

interface Answer {
  __typename: string
  data?: { id: string; inBrowsers: boolean; condition: object | null }
  issues?: { path: string; message: string }[]
}

const variants = [
  { key: 'control', name: 'Control' },
  { key: 'bold', name: 'Bold' },
]

async function somebody() {
  const client = await signIn()
  const context = kernel.contexts.workspace(client.workspaceId, { type: 'system', name: 'test' })
  /** Makes a draft over GraphQL. */
  const create = async (input: object) => {
    const { createExperiment } = await client.ask<{ createExperiment: Answer }>(
      `mutation Create($input: CreateExperimentInput!) { createExperiment(input: $input) { __typename
        ... on InvalidInputError { issues { path message } }
        ... on CreateExperimentSuccess { data { id inBrowsers condition } } } }`,
      { input: { key: 'headline', name: 'Headline', goal: 'signup', variants, ...input } },
    )
    return createExperiment
  }
  const start = (id: string) =>
    client.ask(`mutation { startExperiment(id: "${id}") { ... on StartExperimentSuccess { data { id } } } }`)
  return { context, create, start }
}

describe('who takes part, as people say it over GraphQL', () => {
  test('is who takes part', async () => {
    const { context, create, start } = await somebody()
    const { data } = await create({
      condition: { country: { $in: ['FR', 'BE'] }, 'plan.name': { $ne: 'free' } },
      coverage: 0.5,
      inBrowsers: true,
      forced: [{ subject: 'ada', variant: 'bold' }],
    })
    expect(data).toMatchObject({ inBrowsers: true, condition: { country: { $in: ['FR', 'BE'] } } })
    await start(data?.id ?? '')
    const reasonOf = async (id: string, attributes: object) =>
      (await service.decide(context, 'headline', { id, attributes: { ...attributes } }))?.reason
    expect(await reasonOf('ada', {})).toBe('forced')
    expect(await reasonOf('bob', { country: 'DE', plan: { name: 'pro' } })).toBe('condition')
    expect(await reasonOf('bob', { country: 'FR', plan: { name: 'free' } })).toBe('condition')
    const reasons = await Promise.all(
      Array.from({ length: 50 }, (_, index) => reasonOf(`visitor-${index}`, { country: 'FR', plan: { name: 'pro' } })),
    )
    expect(new Set(reasons)).toEqual(new Set(['assigned', 'not-covered']))
  })

  test.each([
    [{ country: { $equals: 'FR' } }, 'input.condition.country.$equals', /there is no operator \$equals/],
    [{ $or: { a: 1 } }, 'input.condition.$or', /\$or takes a list of conditions/],
    [{ note: { $regex: '(a' } }, 'input.condition.note.$regex', /is no regular expression/],
  ])('%j is refused, and the error says where it is wrong', async (condition, path, message) => {
    const { create } = await somebody()
    expect(await create({ condition })).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path, message: expect.stringMatching(message) }],
    })
  })
})
