import { GrowthBook } from '@growthbook/growthbook'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileCondition } from '../../src/assignment/condition.ts'
import type { Subject } from '../../src/assignment/decision.ts'
import type { DefinedVariant, Definition } from '../../src/assignment/plan.ts'
import { Snapshot } from '../../src/assignment/snapshot.ts'
import type { JsonValue } from '../../src/json.ts'
import { sharesOf } from '../../src/shares.ts'
import cases from './growthbookCases.json' with { type: 'json' }

const variant = (key: string, more: Partial<DefinedVariant> = {}): DefinedVariant => ({
  id: `id-of-${key}`,
  key,
  weight: 1,
  value: null,
  retired: false,
  ...more,
})

const defined = (more: Partial<Definition> = {}): Definition => ({
  id: `id-of-${more.key ?? 'headline'}`,
  key: 'headline',
  kind: 'test',
  status: 'running',
  seed: 'headline',
  hashVersion: 2,
  winner: null,
  coverage: 1,
  condition: null,
  activeHours: null,
  namespace: null,
  holdoutId: null,
  sticky: true,
  phase: 1,
  inBrowsers: false,
  forced: [],
  variants: [variant('control'), variant('bold')],
  ...more,
})

const snapshotOf = (...definitions: Definition[]) => new Snapshot(definitions, compileCondition)

const noon = Date.parse('2026-11-20T12:00:00Z') // a Friday

/** What a subject gets in one experiment that is defined so. */
const decide = (more: Partial<Definition>, subject: Partial<Subject> = {}, at = noon) =>
  snapshotOf(defined(more)).decide('headline', { id: 'visitor-1', ...subject }, at)

/** Subjects who get this variant in an experiment. */
const who = (definition: Definition, variantKey: string | null, count = 200) => {
  const snapshot = snapshotOf(definition)
  return Array.from({ length: count }, (_, index) => `visitor-${index}`).filter(
    (id) => snapshot.decide(definition.id, { id }, noon)?.variantKey === variantKey,
  )
}

describe('GrowthBook’s SDK gives the same', () => {
  interface Run {
    attributes?: Record<string, unknown>
    forcedVariations?: Record<string, number>
    [option: string]: unknown
  }
  interface RunExperiment {
    key: string
    seed?: string
    variations: JsonValue[]
    weights?: number[]
    coverage?: number
    condition?: JsonValue
    active?: boolean
    namespace?: [string, number, number]
    [option: string]: unknown
  }
  /** What it is called there; the rest is features, filters, URLs, groups, forcing for everybody and QA mode. */
  const known = 'key seed hashVersion variations weights coverage condition active namespace'.split(' ')
  const ours = (cases.run as unknown as [string, Run, RunExperiment, ...unknown[]][]).filter(
    ([, context, experiment]) =>
      Object.keys(context).every((option) => option === 'attributes' || option === 'forcedVariations') &&
      Object.keys(experiment).every((option) => known.includes(option)) &&
      experiment.variations.length > 1,
  )

  function expectTheSame(context: Run, experiment: RunExperiment, hashVersion: 1 | 2): void {
    const theirs = new GrowthBook(context).run({ ...(experiment as Parameters<GrowthBook['run']>[0]), hashVersion })
    const [namespace, from, to] = experiment.namespace ?? []
    const definition = defined({
      key: experiment.key,
      seed: experiment.seed ?? experiment.key,
      hashVersion,
      status: experiment.active === false ? 'paused' : 'running',
      coverage: experiment.coverage ?? 1,
      condition: experiment.condition ?? null,
      namespace: namespace === undefined ? null : { name: namespace, from: from as number, to: to as number },
      variants: experiment.variations.map((value, index) =>
        variant(`v${index}`, { value, weight: experiment.weights?.[index] ?? 1 }),
      ),
    })
    const forced = Object.entries(context.forcedVariations ?? {}).map(([key, index]) => [key, `v${index}`])
    const decision = snapshotOf(definition).decide(
      experiment.key,
      {
        id: String(context.attributes?.id ?? ''),
        attributes: context.attributes ?? {},
        forced: Object.fromEntries(forced),
      },
      noon,
    )
    expect(decision?.variantId !== null).toBe(theirs.inExperiment)
    expect(decision?.counted).toBe(theirs.hashUsed)
    if (theirs.inExperiment) expect(decision?.value).toEqual(theirs.value)
  }

  test.each(ours)('%s', (_name, context, experiment) => {
    expectTheSame(context, experiment, 1)
    expectTheSame(context, experiment, 2)
  })

  test('in 53 of its 73 cases of whole experiments', () => expect(ours.length).toBe(53))

  test('whatever the experiment and whoever the subject', () => {
    const weights = fc
      .array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 6 })
      .map((list) => sharesOf(list))
    const place = fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000)
    const anyCondition: fc.Arbitrary<JsonValue> = fc.constantFrom<JsonValue[]>(
      {},
      { plan: 'pro' },
      { age: { $gte: 18 } },
      { $not: { plan: { $in: ['free', 'pro'] } } },
    )
    const anyExperiment = fc.record({
      // Theirs takes "constructor" for forced: it looks keys up in an object with a prototype.
      key: fc.stringMatching(/^[a-z0-9]+(-[a-z0-9]+)*$/).filter((key) => !(key in {})),
      weights,
      coverage: place,
      namespace: fc.tuple(fc.string({ minLength: 1 }), place, place),
      condition: anyCondition,
    })
    const anybody = fc.record({
      id: fc.string({ unit: 'grapheme' }),
      plan: fc.constantFrom('free', 'pro', 'team'),
      age: fc.integer({ min: 0, max: 99 }),
    })
    fc.assert(
      fc.property(anyExperiment, anybody, fc.constantFrom(1 as const, 2 as const), (experiment, attributes, version) =>
        expectTheSame(
          { attributes },
          { ...experiment, variations: experiment.weights.map((_, index) => index) },
          version,
        ),
      ),
      { numRuns: 2_000 },
    )
  })
})

describe('who is in', () => {
  test('everybody in a running experiment, by the hash, and to be counted', () => {
    const decision = decide({})
    expect(decision).toEqual({
      experimentId: 'id-of-headline',
      experimentKey: 'headline',
      variantId: expect.stringMatching(/^id-of-(control|bold)$/),
      variantKey: expect.any(String),
      value: decision?.variantKey,
      reason: 'assigned',
      counted: true,
      exposures: { 'id-of-headline': decision?.variantId },
    })
  })

  test('the value of a variant is what code gets, and its key where it has none', () => {
    const variants = [variant('control', { value: { columns: 2 } }), variant('bold', { weight: 0 })]
    expect(decide({ variants })?.value).toEqual({ columns: 2 })
    expect(decide({ variants: [variant('control', { value: false }), variant('b', { weight: 0 })] })?.value).toBe(false)
  })

  test.each([
    ['not-running', { status: 'draft' }, {}],
    ['not-running', { status: 'paused' }, {}],
    ['not-running', { status: 'completed' }, {}],
    ['no-subject', {}, { id: '' }],
    ['condition', { condition: { country: 'FR' } }, { attributes: { country: 'DE' } }],
    ['condition', { condition: { country: 'FR' } }, {}],
    ['outside-namespace', { namespace: { name: 'home', from: 0, to: 0.0001 } }, {}],
    ['not-covered', { coverage: 0 }, {}],
    ['not-covered', { variants: [variant('a', { weight: 0 }), variant('b', { weight: 0 })] }, {}],
    ['inactive-hours', { activeHours: { timeZone: 'UTC', from: '08:00', to: '12:00' } }, {}],
  ] as const)('nobody who is %s: %j', (reason, more, subject) => {
    expect(decide(more, subject)).toMatchObject({
      variantId: null,
      variantKey: null,
      value: null,
      reason,
      counted: false,
      exposures: {},
    })
  })

  test('a condition may ask for the id itself', () => {
    expect(decide({ condition: { id: { $in: ['visitor-1'] } } })?.reason).toBe('assigned')
    expect(decide({ condition: { id: 'visitor-2' } })?.reason).toBe('condition')
    expect(decide({ condition: { id: '7' } }, { attributes: { id: 7 } })?.reason).toBe('assigned')
  })

  test('the winner is everybody’s once it is over, and nobody is counted', () => {
    expect(decide({ status: 'completed', winner: 'bold', coverage: 0 })).toMatchObject({
      variantKey: 'bold',
      reason: 'winner',
      counted: false,
    })
  })

  test('experiments of a namespace share nobody, and together have everybody', () => {
    const first = who(defined({ key: 'a', seed: 'a', namespace: { name: 'home', from: 0, to: 0.4 } }), null)
    const second = who(defined({ key: 'b', seed: 'b', namespace: { name: 'home', from: 0.4, to: 1 } }), null)
    expect(first.filter((id) => second.includes(id))).toEqual([])
    expect(first.length + second.length).toBe(200)
  })

  test('an unknown experiment decides nothing; a known one is found by id and by key', () => {
    const snapshot = snapshotOf(defined())
    expect(snapshot.decide('nothing', { id: 'a' }, noon)).toBeUndefined()
    expect(snapshot.decide('id-of-headline', { id: 'a' }, noon)).toBe(snapshot.decide('headline', { id: 'a' }, noon))
  })
})

describe('who has a variant keeps it', () => {
  const sticky = { 'id-of-headline': 'id-of-bold' }
  const strict: Partial<Definition> = {
    coverage: 0,
    condition: { country: 'FR' },
    namespace: { name: 'home', from: 0, to: 0.0001 },
    activeHours: { timeZone: 'UTC', from: '01:00', to: '02:00' },
  }

  test('whatever became of weights, conditions, hours and the share of the traffic', () => {
    expect(decide(strict, { sticky })).toMatchObject({ variantKey: 'bold', reason: 'sticky', counted: true })
  })

  test('not where the experiment says that nobody does', () => {
    expect(decide({ ...strict, sticky: false }, { sticky })?.variantId).toBeNull()
  })

  test('not a variant that was taken out, nor one that never was', () => {
    const variants = [variant('control'), variant('bold', { retired: true })]
    expect(decide({ variants }, { sticky })).toMatchObject({ variantKey: 'control', reason: 'assigned' })
    expect(decide({}, { sticky: { 'id-of-headline': 'another' } })?.reason).toBe('assigned')
  })

  test('not beyond the end', () => {
    expect(decide({ status: 'completed', winner: 'control' }, { sticky })?.variantKey).toBe('control')
    expect(decide({ status: 'paused' }, { sticky })?.variantId).toBeNull()
  })
})

describe('a variant that was taken out', () => {
  test('is nobody’s, and the others share its part in their places', () => {
    const before = [variant('a', { weight: 0.5 }), variant('b', { weight: 0.25 }), variant('c', { weight: 0.25 })]
    const after = before.map((each) => (each.key === 'b' ? { ...each, retired: true } : each))
    expect(who(defined({ variants: after }), 'b')).toEqual([])
    expect(who(defined({ variants: after }), null)).toEqual([])
  })
})

describe('trying a variant out', () => {
  test('by its key, in whatever state the experiment is, and nothing is counted', () => {
    for (const status of ['draft', 'running', 'paused', 'completed'] as const)
      expect(decide({ status, coverage: 0 }, { id: '', forced: { headline: 'bold' } })).toMatchObject({
        variantKey: 'bold',
        reason: 'forced',
        counted: false,
        exposures: {},
      })
  })

  test('for subjects that the experiment lists', () => {
    const forced = [
      { subject: 'visitor-1', variant: 'bold' },
      { subject: 'visitor-2', variant: 'gone' },
    ]
    expect(decide({ forced })).toMatchObject({ variantKey: 'bold', reason: 'forced' })
    expect(decide({ forced }, { id: 'visitor-2' })?.reason).toBe('assigned')
  })

  test('is passed over where there is no such variant', () => {
    expect(decide({}, { forced: { headline: 'other' } })?.reason).toBe('assigned')
    expect(decide({}, { forced: { headline: 'constructor' } })?.reason).toBe('assigned')
  })
})

describe('active hours', () => {
  const paris = { timeZone: 'Europe/Paris', from: '09:00', to: '17:00' }
  const at = (instant: string, hours: object) =>
    decide({ activeHours: { ...paris, ...hours } }, {}, Date.parse(instant))?.reason === 'assigned'

  test.each([
    ['2026-11-20T07:59:59Z', {}, false],
    ['2026-11-20T08:00:00Z', {}, true],
    ['2026-11-20T15:59:59Z', {}, true],
    ['2026-11-20T16:00:00Z', {}, false],
    // In summer Paris is two hours ahead.
    ['2026-07-20T07:00:00Z', {}, true],
    // Kathmandu is 5:45 ahead.
    ['2026-11-20T03:15:00Z', { timeZone: 'Asia/Kathmandu' }, true],
    ['2026-11-20T03:14:00Z', { timeZone: 'Asia/Kathmandu' }, false],
    // Friday is the fifth day.
    ['2026-11-20T12:00:00Z', { weekdays: [5] }, true],
    ['2026-11-20T12:00:00Z', { weekdays: [1, 2, 3, 4, 6, 7] }, false],
    // Past midnight it is still Friday's night.
    ['2026-11-21T01:00:00Z', { from: '22:00', to: '06:00', weekdays: [5] }, true],
    ['2026-11-20T01:00:00Z', { from: '22:00', to: '06:00', weekdays: [5] }, false],
    ['2026-11-22T23:30:00Z', { from: '22:00', to: '06:00', weekdays: [1] }, false],
    ['2026-11-23T01:30:00Z', { from: '22:00', to: '06:00', weekdays: [7] }, true],
    ['2026-11-20T05:00:00Z', { from: '22:00', to: '06:00' }, false],
    // A whole day.
    ['2026-11-20T03:00:00Z', { from: '00:00', to: '00:00', weekdays: [5] }, true],
    ['2026-11-21T03:00:00Z', { from: '00:00', to: '00:00', weekdays: [5] }, false],
  ])('%s with %j: %s', (instant, hours, active) => expect(at(instant, hours)).toBe(active))

  test('decide who comes in, not who stays', () => {
    const activeHours = { ...paris, from: '01:00', to: '02:00' }
    expect(decide({ activeHours }, { sticky: { 'id-of-headline': 'id-of-bold' } })?.reason).toBe('sticky')
  })

  test('a zone that there is not breaks its own experiment only', () => {
    const broken: string[] = []
    const definitions = [defined({ activeHours: { ...paris, timeZone: 'Mars/Olympus' } }), defined({ key: 'other' })]
    const snapshot = new Snapshot(definitions, compileCondition, undefined, ({ key }) => broken.push(key))
    expect(broken).toEqual(['headline'])
    expect(snapshot.decide('headline', { id: 'a' }, noon)).toBeUndefined()
    expect(snapshot.decide('other', { id: 'a' }, noon)?.reason).toBe('assigned')
  })
})

describe('a holdout', () => {
  const holdout = defined({
    key: 'quarter',
    kind: 'holdout',
    seed: 'quarter',
    variants: [variant('general', { weight: 0.7 }), variant('held-back', { weight: 0.3 })],
  })
  const inside = defined({ holdoutId: holdout.id })
  const subjects = Array.from({ length: 300 }, (_, index) => `visitor-${index}`)
  const heldBack = (id: string) => snapshotOf(holdout).decide(holdout.id, { id }, noon)?.variantKey === 'held-back'

  test('keeps its subjects out of its experiments, and both its sides are counted', () => {
    const snapshot = snapshotOf(inside, holdout)
    const out = subjects.filter(heldBack)
    expect(out.length).toBeGreaterThan(50)
    for (const id of subjects) {
      const decision = snapshot.decide('headline', { id }, noon)
      if (out.includes(id))
        expect(decision).toMatchObject({
          variantId: null,
          reason: 'held-back',
          counted: true,
          exposures: { [holdout.id]: 'id-of-held-back' },
        })
      else
        expect(decision).toMatchObject({
          reason: 'assigned',
          exposures: { [inside.id]: decision?.variantId, [holdout.id]: 'id-of-general' },
        })
    }
  })

  test('counts nobody whom none of its experiments would have had', () => {
    const snapshot = snapshotOf({ ...inside, condition: { country: 'FR' } }, holdout)
    for (const id of subjects) expect(snapshot.decide('headline', { id }, noon)?.exposures).toEqual({})
  })

  test('that does not run holds nobody back', () => {
    const snapshot = snapshotOf(inside, { ...holdout, status: 'paused' })
    for (const id of subjects)
      expect(Object.keys(snapshot.decide('headline', { id }, noon)?.exposures ?? {})).toEqual([inside.id])
  })

  test('takes nobody out who was in before', () => {
    const id = subjects.find(heldBack) as string
    expect(
      snapshotOf(inside, holdout).decide('headline', { id, sticky: { [inside.id]: 'id-of-bold' } }, noon),
    ).toMatchObject({
      reason: 'sticky',
      exposures: { [inside.id]: 'id-of-bold' },
    })
  })

  test('shows nothing by itself', () => {
    const decisions = snapshotOf(inside, holdout).decideAll({ id: 'visitor-1' }, noon)
    expect(decisions.map(({ experimentKey }) => experimentKey)).toEqual(['headline'])
  })
})
