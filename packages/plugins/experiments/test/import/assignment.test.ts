import { type FeatureDefinition, GrowthBook } from '@growthbook/growthbook'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileCondition } from '../../src/assignment/condition.ts'
import type { Definition } from '../../src/assignment/plan.ts'
import { Snapshot } from '../../src/assignment/snapshot.ts'
import { planGrowthBook } from '../../src/import/growthbook/planGrowthBook.ts'
import type { ImportItem } from '../../src/import/importItem.ts'
import type { JsonValue } from '../../src/json.ts'
import { sharesOf } from '../../src/shares.ts'
import { experimentRef, restExperiment, restFeature } from './growthbookFile.ts'

const options = { environment: 'production', goal: 'signup' }

/** What an item decides once it is made and runs. */
function definitionOf({ plan, key }: ImportItem): Definition {
  if (plan?.makes !== 'experiment') throw new Error(`${key} is no experiment.`)
  const { input, seed, hashVersion } = plan
  return {
    ...{ id: `id-of-${key}`, key: input.key, kind: 'test', status: 'running', seed, hashVersion, winner: null },
    ...{ coverage: input.coverage ?? 1, condition: (input.condition ?? null) as JsonValue, activeHours: null },
    ...{ namespace: input.namespace ?? null, holdoutId: null, sticky: true, phase: 1, inBrowsers: false },
    forced: input.forced ?? [],
    variants: input.variants.map(({ key, weight = 1, value = null }) => ({
      ...{ id: `id-of-${key}`, key, weight, value, retired: false },
    })),
  }
}

/** What a flag is worth here, for each of these visitors. */
function ours(item: ImportItem, people: readonly Person[], subject: keyof Person = 'id'): JsonValue[] {
  const plan = new Snapshot([definitionOf(item)], compileCondition).plan(item.key as string)
  return people.map((attributes) => {
    const decision = plan?.decide({ id: String(attributes[subject]), attributes }, 0)
    return decision?.variantKey ? decision.value : (plan?.valueWithout as JsonValue)
  })
}

/** What GrowthBook's own SDK makes of it. */
function theirs(key: string, feature: FeatureDefinition, people: readonly Person[], savedGroups = {}): JsonValue[] {
  const growthbook = new GrowthBook({ features: { [key]: feature }, savedGroups })
  return people.map((attributes) => {
    growthbook.setAttributes(attributes)
    return growthbook.evalFeature(key).value as JsonValue
  })
}

interface Person extends Record<string, string | number> {
  id: string
  account: string
  country: string
  age: number
}

const people = Array.from({ length: 3_000 }, (_, index): Person => {
  const country = ['FR', 'DE', 'BE'][index % 3] as string
  return { id: `visitor-${index}`, account: `account-${index % 700}`, country, age: index % 90 }
})

const variations = ['a', 'b', 'c'] as JsonValue[]

/** Flags as SDKs read them; whoever takes no part gets the same as the first variation. */
const flags: Record<string, FeatureDefinition> = {
  'by-version-1': { defaultValue: 'a', rules: [{ key: 'v1', variations, weights: [0.2, 0.3, 0.5] }] },
  'by-version-2': { defaultValue: 'a', rules: [{ key: 'v2', variations, weights: [0.2, 0.3, 0.5], hashVersion: 2 }] },
  'in-thirds': { defaultValue: 'a', rules: [{ key: 'thirds', variations, coverage: 0.37, hashVersion: 2 }] },
  'with-a-seed': {
    defaultValue: 'a',
    rules: [
      { key: 'k', seed: 'another', variations, weights: [0.3334, 0.3333, 0.3333], coverage: 0.5, hashVersion: 2 },
    ],
  },
  'of-accounts': { defaultValue: 'a', rules: [{ key: 'acc', variations, hashAttribute: 'account', hashVersion: 2 }] },
  'in-a-namespace': { defaultValue: 'a', rules: [{ key: 'ns', variations, namespace: ['home', 0.2, 0.7] }] },
  conditional: {
    defaultValue: 'a',
    rules: [{ key: 'c', variations, condition: { country: { $in: ['FR', 'BE'] }, age: { $gte: 18 } }, hashVersion: 2 }],
  },
  'of-a-group': {
    defaultValue: 'a',
    rules: [{ key: 'g', variations, condition: { id: { $inGroup: 'friends' }, country: { $notInGroup: 'far' } } }],
  },
  'for-everybody': { defaultValue: false, rules: [{ force: true }] },
  'for-some': { defaultValue: false, rules: [{ force: true, condition: { country: 'FR' } }] },
  'rolled-out-by-1': { defaultValue: 'old', rules: [{ force: 'new', coverage: 0.2 }] },
  'rolled-out-by-2': { defaultValue: { is: 'old' }, rules: [{ force: { is: 'new' }, coverage: 0.33, hashVersion: 2 }] },
  'rolled-out-to-nobody': { defaultValue: 1, rules: [{ force: 2, coverage: 0 }] },
  'with-testers': {
    defaultValue: 'a',
    rules: [
      { force: 'c', condition: { id: { $in: ['visitor-1', 'visitor-2'] } } },
      { force: 'b', condition: { id: 'visitor-3' } },
      { key: 'tested', variations, hashVersion: 2 },
    ],
  },
}
const savedGroups = { friends: people.slice(0, 900).map(({ id }) => id), far: ['DE'] }

describe('everybody keeps what they have', () => {
  test.each(Object.entries(flags))('in the flag %s', (key, feature) => {
    const [item] = planGrowthBook({ features: { [key]: feature }, savedGroups }, options)
    expect(item).toMatchObject({ key, outcome: 'planned', keepsAssignment: true })
    const subject = key === 'of-accounts' ? 'account' : 'id'
    const expected = theirs(key, feature, people, savedGroups)
    expect(ours(item as ImportItem, people, subject)).toEqual(expected)
    // Else the comparison would say nothing.
    if (!['for-everybody', 'rolled-out-to-nobody'].includes(key))
      expect(
        new Set(expected.map(String)).size + new Set(expected.map((value) => JSON.stringify(value))).size,
      ).toBeGreaterThan(2)
  })

  test('in an experiment of the REST API, under the key and with the values of its flag', () => {
    const experiment = restExperiment(
      'exp_1',
      { hashVersion: 1 },
      {
        seed: 'of-the-phase',
        coverage: 0.8,
        trafficSplit: [
          { variationId: 'var_1', weight: 0.9 },
          { variationId: 'var_0', weight: 0.1 },
        ],
        namespace: { namespaceId: 'home', range: [0.1, 0.9] },
        targetingCondition: '{"age": {"$lt": 60}}',
        savedGroupTargeting: [
          { matchType: 'any', savedGroups: ['french', 'belgian'] },
          { matchType: 'none', savedGroups: ['friends'] },
        ],
      },
    )
    const savedGroups = [
      { id: 'french', name: 'French', type: 'list', attributeKey: 'country', values: ['FR'] },
      { id: 'belgian', name: 'Belgian', type: 'condition', condition: '{"country": "BE"}' },
      { id: 'friends', name: 'Friends', type: 'list', attributeKey: 'id', values: ['visitor-9', 'visitor-10'] },
    ]
    const file = [
      { experiments: [experiment] },
      { features: [restFeature('button', [experimentRef('exp_1')])] },
      { savedGroups },
    ]
    const [item, flag] = planGrowthBook(file, options)
    expect(item).toMatchObject({ kind: 'experiment', key: 'button', keepsAssignment: true })
    expect(flag).toMatchObject({ kind: 'feature', outcome: 'included', key: 'button' })
    // The same, as GrowthBook hands it to SDKs.
    const feature: FeatureDefinition = {
      defaultValue: false,
      rules: [
        {
          ...{ key: 'track-exp_1', seed: 'of-the-phase', hashAttribute: 'id', hashVersion: 1, coverage: 0.8 },
          ...{ variations: [false, true], weights: [0.1, 0.9], namespace: ['home', 0.1, 0.9] },
          condition: {
            $and: [
              { age: { $lt: 60 } },
              { $or: [{ country: { $in: ['FR'] } }, { country: 'BE' }] },
              { $not: { id: { $in: ['visitor-9', 'visitor-10'] } } },
            ],
          },
        },
      ],
    }
    expect(ours(item as ImportItem, people)).toEqual(theirs('button', feature, people))
  })

  test('whatever the experiment, where it says so; and it says so wherever shares can be kept', () => {
    const anyWeights = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 5 })
    const anyExperiment = fc.record({
      weights: anyWeights.map((list) => {
        const total = list.reduce((sum, weight) => sum + weight, 0)
        return list.map((weight) => weight / total)
      }),
      coverage: fc.integer({ min: 0, max: 10_000 }).map((places) => places / 10_000),
      hashVersion: fc.constantFrom(1, 2),
      seed: fc.string(),
    })
    fc.assert(
      fc.property(anyExperiment, ({ weights, ...rest }) => {
        const feature = {
          defaultValue: 0,
          rules: [{ key: 'any', variations: weights.map((_, index) => index), weights, ...rest }],
        }
        const [item] = planGrowthBook({ features: { any: feature } }, options)
        const some = people.slice(0, 200)
        const [mine, wanted] = [ours(item as ImportItem, some), theirs('any', feature, some)]
        if (item?.keepsAssignment) expect(mine).toEqual(wanted)
        else {
          const [, moved] =
            /About ([\d.]+) % of the subjects/.exec(item?.notes.map(({ en }) => en).join(' ') ?? '') ?? []
          // At most a place at either bound of each range: of 10,000, or of the 1,000 that the first version of the hash has.
          expect(Number(moved)).toBeLessThanOrEqual(2 * weights.length * (rest.hashVersion === 1 ? 0.1 : 0.01))
        }
        if (weights.join() === sharesOf(weights).join()) expect(item?.keepsAssignment).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})

describe('what does not add up is said', () => {
  test('with how many subjects it moves', () => {
    const rules = [{ key: 'gap', variations, weights: [0.33, 0.33, 0.33], hashVersion: 2 }]
    const [item] = planGrowthBook({ features: { gap: { defaultValue: 'a', rules } } }, options)
    expect(item).toMatchObject({ outcome: 'planned', keepsAssignment: false })
    const moved = Number(/About ([\d.]+) %/.exec(item?.notes.map(({ en }) => en).join(' ') ?? '')?.[1])
    const mine = ours(item as ImportItem, people)
    const different = theirs('gap', { defaultValue: 'none', rules }, people).filter(
      (value, index) => value !== mine[index],
    )
    expect(different.length / people.length).toBeCloseTo(moved / 100, 2)
    expect(different.length).toBeGreaterThan(0)
  })
})
