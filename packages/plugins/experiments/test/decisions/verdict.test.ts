import { describe, expect, test } from 'vitest'
import type { Evidence, MetricEvidence, TreatmentEvidence } from '../../src/decisions/evidence.ts'
import { judge, type VerdictRules } from '../../src/decisions/verdict.ts'
import { inWords } from '../../src/decisions/words.ts'

const rules: VerdictRules = {
  ...{ confidence: 0.95, minExposures: 1_000, minClicks: 100, minConversions: 30, minDays: 7, maxDays: 60 },
  ...{ plannedSubjects: null, maxExpectedLoss: null },
}

function treatment(variant: string, more: Partial<TreatmentEvidence> = {}): TreatmentEvidence {
  return {
    variant,
    sum: 130,
    pValue: 0.2,
    relativeLift: 0.1,
    better: true,
    expectedLoss: 0.001,
    chanceToBeBest: 0.5,
    ...more,
  }
}

function metric(name: string, treatments: TreatmentEvidence[], sum = 100): MetricEvidence {
  return { metric: name, isConversion: true, control: { variant: 'control', sum }, treatments }
}

/** Enough of everything, and nothing shown. */
function evidence(treatments: TreatmentEvidence[], more: Partial<Evidence> = {}): Evidence {
  return {
    ...{ phase: 1, runningDays: 10, sampleRatio: { pValue: 0.4, alarm: false }, plannedReached: false },
    variants: ['control', ...treatments.map(({ variant }) => variant)].map((key) => ({ key, exposures: 2_000 })),
    ...{ goal: metric('Sign-up', treatments), clicks: [], guardrails: [] },
    ...more,
  }
}

const codes = (given: Evidence, changed: Partial<VerdictRules> = {}) => {
  const { state, variant, reasons } = judge(given, { ...rules, ...changed })
  return [state, variant, reasons.map(({ code }) => code)]
}
const sure = { pValue: 0.01 }

describe('a winner', () => {
  test('is better than the control beyond chance, with enough of everything', () => {
    expect(codes(evidence([treatment('bold', sure)]))).toEqual(['winner', 'bold', ['BETTER']])
  })

  test('of several that are better is the one that is most likely the best', () => {
    const both = [
      treatment('bold', { ...sure, chanceToBeBest: 0.3 }),
      treatment('plain', { ...sure, chanceToBeBest: 0.69 }),
    ]
    expect(codes(evidence(both))).toEqual(['winner', 'plain', ['BETTER', 'BEST']])
  })

  test('needs nothing of the others but enough subjects: one that loses beside it changes nothing', () => {
    const both = [treatment('bold', sure), treatment('plain', { ...sure, better: false })]
    expect(codes(evidence(both))).toEqual(['winner', 'bold', ['BETTER']])
  })

  test('may also be cheap to choose, where the rules say so', () => {
    const given = evidence([treatment('bold', { expectedLoss: 0.0004 })])
    expect(codes(given)).toEqual(['collecting', null, ['NOT_CERTAIN']])
    expect(codes(given, { maxExpectedLoss: 0.0005 })).toEqual(['winner', 'bold', ['CHEAP']])
    const worse = evidence([treatment('bold', { expectedLoss: 0.0004, better: false })])
    expect(codes(worse, { maxExpectedLoss: 0.0005 })).toEqual(['collecting', null, ['NOT_CERTAIN']])
  })

  test('stands at the level that the rules say', () => {
    expect(codes(evidence([treatment('bold', { pValue: 0.0501 })]), { confidence: 0.95 })[0]).toBe('collecting')
    expect(codes(evidence([treatment('bold', { pValue: 0.04 })]), { confidence: 0.99 })[0]).toBe('collecting')
  })
})

describe('a verdict waits', () => {
  test.each<[string, Partial<Evidence>, string]>([
    ['a week', { runningDays: 6.99 }, 'TOO_EARLY'],
    [
      '1,000 subjects of each variant',
      {
        variants: [
          { key: 'control', exposures: 999 },
          { key: 'bold', exposures: 9_000 },
        ],
      },
      'TOO_FEW_SUBJECTS',
    ],
    [
      '30 conversions of the control',
      { goal: metric('Sign-up', [treatment('bold', sure)], 29) },
      'TOO_FEW_CONVERSIONS',
    ],
    [
      '30 conversions of the others',
      { goal: metric('Sign-up', [treatment('bold', { ...sure, sum: 29 })]) },
      'TOO_FEW_CONVERSIONS',
    ],
    [
      '100 clicks, where there are clicks',
      { clicks: [metric('Clicks', [treatment('bold', { sum: 500 })], 99)] },
      'TOO_FEW_CLICKS',
    ],
    ['a goal', { goal: null }, 'NO_GOAL'],
  ])('for %s, and says what is missing', (_what, more, code) => {
    expect(codes(evidence([treatment('bold', sure)], more))).toEqual(['collecting', null, [code]])
  })

  test('not for conversions where the goal is none', () => {
    const revenue = { ...metric('Revenue', [treatment('bold', { ...sure, sum: 3 })], 2), isConversion: false }
    expect(codes(evidence([], { goal: revenue }))[0]).toBe('winner')
  })

  test('tells all that is missing in numbers', () => {
    const given = evidence([treatment('bold', { sum: 12 })], { runningDays: 2.56 })
    expect(inWords(judge(given, rules).reasons, 'en')).toBe(
      'It has run for 2.5 of 7 days. “bold” has 12 of 30 conversions to “Sign-up”.',
    )
    expect(inWords(judge(given, rules).reasons, 'fr')).toBe(
      'Elle a tourné 2,5 jours sur 7. « bold » a 12 conversions sur 30 pour « Sign-up ».',
    )
  })

  test('tells numbers below two in the singular, as French does', () => {
    const given = evidence([treatment('bold', { sum: 0 })], { runningDays: 1.98 })
    expect(inWords(judge(given, rules).reasons, 'fr')).toBe(
      'Elle a tourné 1,9 jour sur 7. « bold » a 0 conversion sur 30 pour « Sign-up ».',
    )
  })
})

describe('nothing is decided on results that are', () => {
  test('not to be trusted: the variants did not get their shares', () => {
    const given = evidence([treatment('bold', sure)], { sampleRatio: { pValue: 0.00001, alarm: true } })
    expect(codes(given)).toEqual(['unhealthy', null, ['SAMPLE_RATIO']])
  })

  test('not to be wanted: a guardrail got worse beyond chance', () => {
    const complaints = (more: Partial<TreatmentEvidence>) => ({
      guardrails: [metric('Complaints', [treatment('bold', more)])],
    })
    const winning = [treatment('bold', sure)]
    expect(codes(evidence(winning, complaints({ better: false, pValue: 0.01 })))).toEqual([
      'unhealthy',
      null,
      ['GUARDRAIL'],
    ])
    expect(codes(evidence(winning, complaints({ better: false, pValue: 0.3 })))[0]).toBe('winner')
    expect(codes(evidence(winning, complaints({ better: true, pValue: 0.01 })))[0]).toBe('winner')
  })

  test('however early or late that shows', () => {
    const alarm = { sampleRatio: { pValue: 0.00001, alarm: true } }
    for (const runningDays of [1, 100])
      expect(codes(evidence([treatment('bold', sure)], { ...alarm, runningDays }))[0]).toBe('unhealthy')
  })
})

describe('losers and what stays open', () => {
  test('the control is chosen once every other variant is worse beyond chance', () => {
    const worse = { better: false, pValue: 0.01 }
    expect(codes(evidence([treatment('bold', worse), treatment('plain', worse)]))).toEqual([
      ...['loser', 'control'],
      ['WORSE', 'WORSE'],
    ])
    expect(codes(evidence([treatment('bold', worse), treatment('plain')]))[0]).toBe('collecting')
  })

  test('after the longest time it is inconclusive, also when subjects are missing', () => {
    expect(codes(evidence([treatment('bold')], { runningDays: 60 }))).toEqual([
      ...['inconclusive', null],
      ['TIME_IS_UP', 'NOT_CERTAIN'],
    ])
    const few = {
      runningDays: 60,
      variants: [
        { key: 'control', exposures: 10 },
        { key: 'bold', exposures: 10 },
      ],
    }
    expect(codes(evidence([treatment('bold', sure)], few))).toEqual([
      ...['inconclusive', null],
      ['TIME_IS_UP', 'TOO_FEW_SUBJECTS', 'TOO_FEW_SUBJECTS'],
    ])
  })

  test('with a planned size there is one look, when it is reached: it decides or nothing does', () => {
    const plan = { plannedSubjects: 5_000 }
    expect(codes(evidence([treatment('bold', sure)]), plan)).toEqual([
      ...['collecting', null],
      ['TOO_FEW_SUBJECTS', 'TOO_FEW_SUBJECTS'],
    ])
    const reached = { plannedReached: true, variants: ['control', 'bold'].map((key) => ({ key, exposures: 5_000 })) }
    expect(codes(evidence([treatment('bold', sure)], reached), plan)[0]).toBe('winner')
    expect(codes(evidence([treatment('bold')], reached), plan)).toEqual([
      ...['inconclusive', null],
      ['PLAN_REACHED', 'NOT_CERTAIN'],
    ])
  })

  test('the same evidence always gives the same verdict, and is left as it was', () => {
    const given = evidence([treatment('bold', { ...sure, chanceToBeBest: 0.2 }), treatment('plain', sure)])
    const before = structuredClone(given)
    expect(judge(given, rules)).toEqual(judge(structuredClone(given), rules))
    expect(given).toEqual(before)
  })
})
