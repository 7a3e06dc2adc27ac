import { describe, expect, it } from 'vitest'
import { consequenceOf, inputOf as liveInput } from '../../admin/experiment/actions/liveChange.ts'
import { inputOf, newExperiment } from '../../admin/form/experimentValues.ts'
import { hypothesisParts, hypothesisText } from '../../admin/form/hypothesis.ts'
import { liftsAround, sizeInput } from '../../admin/form/powerInput.ts'
import { leaderOf } from '../../admin/leader.ts'
import { fieldsOf, inputOf as metricInput, newMetric } from '../../admin/metrics/metricValues.ts'
import { slugOf } from '../../admin/slug.ts'
import { plannedSizeInput } from '../../src/decisions/plannedSize.ts'
import { experimentInput } from '../../src/experimentInput.ts'
import { key } from '../../src/naming.ts'

describe('a hypothesis', () => {
  const parts = { believe: 'shorter is better', because: 'people skim', know: 'a tenth more sign-ups' }

  it.each(['en', 'fr'] as const)('is one sentence in %s, and its parts can be read out of it again', (language) => {
    expect(hypothesisParts(hypothesisText(parts, language))).toEqual(parts)
  })

  it('leaves out what nobody wrote', () => {
    expect(hypothesisText({ believe: 'it works', because: '', know: 'Friday.' }, 'en')).toBe(
      'We believe that it works. We will know by Friday.',
    )
    expect(hypothesisText({ believe: '', because: '', know: '' }, 'en')).toBe('')
  })

  it('that was written elsewhere stays as it is', () => {
    const text = 'A headline that names the result makes more people sign up.'
    expect(hypothesisText(hypothesisParts(text), 'fr')).toBe(text)
  })
})

describe('what the form of an experiment sends', () => {
  const values = {
    ...newExperiment({ control: 'Control', variant: 'Variant' }),
    name: 'Shorter headline',
    key: 'shorter-headline',
    goals: [{ id: 'a metric', name: 'Sign-ups' }],
  }

  it('is what the server takes', () => {
    const { goals, secondaryMetrics, guardrails, ...input } = inputOf(values, 'en')
    expect(goals).toEqual(['a metric'])
    const checked = experimentInput.safeParse({ ...input, kind: 'test', goals: undefined, goal: 'signup' })
    expect(checked.error?.issues).toBeUndefined()
  })

  it('holds no rule that nobody set, and no weekday where all are meant', () => {
    const hours = {
      timeZone: 'Europe/Paris',
      from: '08:00',
      to: '20:00',
      weekdays: ['1', '2', '3', '4', '5', '6', '7'],
    }
    const input = inputOf({ ...values, hours, rules: { ...values.rules, minDays: 3 } }, 'en')
    expect(input.rules).toEqual({ minDays: 3, autoApply: false })
    expect(input.activeHours).toEqual({ timeZone: 'Europe/Paris', from: '08:00', to: '20:00' })
    expect(inputOf(values, 'en', values)).not.toHaveProperty('rules')
  })

  it('takes JSON as JSON and everything else as a text', () => {
    const [control, variant] = values.variants
    const variants = [
      { ...control, value: '{"price": 9}' },
      { ...variant, value: 'Buy now' },
    ] as typeof values.variants
    expect(inputOf({ ...values, variants }, 'en').variants.map(({ value }) => value)).toEqual([{ price: 9 }, 'Buy now'])
  })
})

describe('a key', () => {
  it.each(['Shorter headline, été!', '  --  A  b ', 'Ärger & Co.', 'x'.repeat(200)])('of “%s” is one', (name) => {
    expect(key.safeParse(slugOf(name)).success).toBe(true)
  })
})

describe('how long it takes', () => {
  const expected = { baseline: 0.05, perDay: 400, lift: 0.1, power: 0.8, variants: 2, confidence: 0.95 }

  it('is asked for lifts around the one that matters, all of which the server takes', () => {
    const lifts = liftsAround(0.1, 0.05)
    expect(lifts).toContain(0.1)
    expect(lifts.toSorted((a, b) => a - b)).toEqual(lifts)
    for (const lift of lifts) expect(plannedSizeInput.safeParse(sizeInput(expected, lift)).error).toBeUndefined()
  })

  it('asks for no rate above 1, and not before everything is there', () => {
    expect(liftsAround(0.5, 0.6).every((lift) => 0.6 * (1 + lift) < 1)).toBe(true)
    expect(sizeInput({ ...expected, baseline: null }, 0.1)).toBeUndefined()
    expect(sizeInput({ ...expected, baseline: 0.9 }, 0.5)).toBeUndefined()
    expect(sizeInput(expected, 0)).toBeUndefined()
  })

  it('is asked about a mean with its standard deviation, and has no end above it', () => {
    const revenue = { ...expected, baseline: 4.2, deviation: 21 }
    for (const lift of liftsAround(1, undefined)) {
      const input = sizeInput(revenue, lift)
      expect(input).toMatchObject({ baseline: 4.2, deviation: 21, lift })
      expect(plannedSizeInput.safeParse(input).error).toBeUndefined()
    }
    expect(sizeInput({ ...revenue, deviation: null }, 0.1)).toBeUndefined()
  })
})

describe('a change while it runs', () => {
  const before = { weights: { control: 1, bold: 1 }, retire: [], add: [], coverage: 0.5, condition: null, why: '' }

  it('sends what differs, and nothing where nothing does', () => {
    expect(liveInput(before, before)).toBeUndefined()
    expect(liveInput(before, { ...before, why: 'because' })).toBeUndefined()
    expect(liveInput(before, { ...before, weights: { control: 1, bold: 3 }, why: ' It earns. ' })).toEqual({
      weights: [{ variant: 'bold', weight: 3 }],
      why: 'It earns.',
    })
  })

  it('does not weigh what it takes out', () => {
    const input = liveInput(before, { ...before, weights: { control: 1, bold: 0 }, retire: ['bold'] })
    expect(input).toEqual({ retire: ['bold'] })
  })

  it('says that the question stays only where no more than coverage grows', () => {
    expect(consequenceOf(liveInput(before, before))).toBe('nothing')
    expect(consequenceOf(liveInput(before, { ...before, coverage: 1 }))).toBe('goesOn')
    expect(consequenceOf(liveInput(before, { ...before, coverage: 1, condition: { country: 'FR' } }))).toBe(
      'newQuestion',
    )
  })
})

describe('the strongest variant', () => {
  const variant = (name: string, chanceToWin: number | null, retiredAt: string | null = null) => ({
    variant: { name, retiredAt },
    comparison: { relativeLift: chanceToWin, chanceToWin, sequential: { relativeInterval: null } },
  })

  it('is the one that most likely beats the control, of those that take part', () => {
    const control = { variant: { name: 'control' }, comparison: null }
    expect(leaderOf([control, variant('a', 0.3), variant('b', 0.9), variant('gone', 0.99, '2026-11-01')])?.name).toBe(
      'b',
    )
    expect(leaderOf([control])).toBeUndefined()
    expect(leaderOf([control, variant('unseen', null)])).toBeUndefined()
  })
})

describe('what the form of a metric sends', () => {
  it('is only what its kind is made of', () => {
    expect(metricInput({ ...newMetric, name: 'Sign-ups', key: 'sign-ups', event: ' signup ', cap: 3 })).toEqual({
      name: 'Sign-ups',
      key: 'sign-ups',
      description: '',
      kind: 'CONVERSION',
      higherIsBetter: true,
      event: 'signup',
      filter: null,
      windowHours: null,
    })
    expect(fieldsOf({ kind: 'RATIO', valueFrom: 'currency' })).toMatchObject({
      parts: true,
      event: false,
      filter: false,
    })
  })
})
