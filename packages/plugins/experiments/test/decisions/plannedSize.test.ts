import { servedKernel } from '@espalier/core/testing'
import tracking from '@espalier/tracking'
import { describe, expect, test } from 'vitest'
import { plannedSize } from '../../src/decisions/plannedSize.ts'
import experiments from '../../src/index.ts'

const plan = (input: Partial<Parameters<typeof plannedSize>[0]> = {}) =>
  plannedSize({ baseline: 0.05, lift: 0.2, confidence: 0.95, ...input })

describe('how large an experiment has to be', () => {
  test('R, power.prop.test(p1 = 0.05, p2 = 0.06, power = 0.8): 8158 in each group', () => {
    expect(plan().subjects).toBe(8158)
  })

  test('R, power.t.test(delta = 1, sd = 2, power = 0.9): 86 in each group', () => {
    expect(plan({ baseline: 10, deviation: 2, lift: 0.1, power: 0.9 }).subjects).toBe(86)
  })

  test('a drop of a mean below 0 is as large as a rise', () => {
    const rise = plan({ baseline: 10, deviation: 2, lift: 0.1 })
    expect(plan({ baseline: -10, deviation: 2, lift: -0.1 })).toEqual(rise)
  })

  test('more treatments take more subjects each', () => {
    expect(plan({ variants: 4 }).subjects).toBe(plan({ confidence: 1 - 0.05 / 3 }).subjects)
  })

  test('being able to look at any time takes about twice as many', () => {
    const { subjects, sequentialSubjects } = plan()
    expect((sequentialSubjects as number) / (subjects as number)).toBeGreaterThan(1.5)
    expect((sequentialSubjects as number) / (subjects as number)).toBeLessThan(2.5)
  })

  test('days are of all variants together', () => {
    expect(plan({ subjectsPerDay: 1000, variants: 2 }).days).toBe(17)
    expect(plan().days).toBeNull()
  })

  test('a lift that no number of people shows has no size', () => {
    expect(plan({ baseline: 10, deviation: 1, lift: 1e-12, subjectsPerDay: 10 })).toEqual({
      subjects: null,
      sequentialSubjects: null,
      days: null,
      sequentialDays: null,
    })
  })
})

describe('over GraphQL', async () => {
  const { signIn } = await servedKernel([tracking, experiments])
  const ask = async (input: string) =>
    (await signIn({ role: 'viewer' })).ask(`{ experimentSize(input: { ${input} }) { subjects days } }`)

  test('with the confidence of the workspace', async () => {
    expect(await ask('baseline: 0.05, lift: 0.2, subjectsPerDay: 1000')).toEqual({
      experimentSize: { subjects: 8158, days: 17 },
    })
  })

  test.each([
    ['baseline: 5, lift: 0.1', 'baseline', 'is no rate between 0 and 1'],
    ['baseline: 0.9, lift: 0.2', 'lift', 'makes a rate that does not lie between 0 and 1'],
    ['baseline: 0.1, lift: 0', 'lift', 'is 0'],
    ['baseline: 0.1, lift: 0.1, power: 0.04', 'power', 'is not above 1 minus the confidence'],
    ['baseline: 0.1, lift: 0.1, variants: 1', 'variants', 'is below 2'],
    ['baseline: 0.1, lift: 0.1, confidence: 2', 'confidence', 'is above 0.999'],
  ])('%s is refused by its field', async (input, field, why) => {
    const refused = await ask(input).catch(String)
    expect(refused).toContain(field)
    expect(refused).toContain(why)
  })
})
