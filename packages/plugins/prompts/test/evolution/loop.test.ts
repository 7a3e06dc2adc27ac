import { describe, expect, it } from 'vitest'
import type { TriedCase } from '../../src/evolution/candidate.ts'
import { evolve, type Origin, Pool, type Trials } from '../../src/evolution/loop.ts'

const rules = ['short', 'price', 'delivery', 'friendly']
const cases = (name: string, count: number): TriedCase[] =>
  Array.from({ length: count }, (_, at) => ({
    id: `${name}${at}`,
    // Each case wants one rule.
    variables: { wants: rules[at % rules.length] },
    expectation: { checks: [] },
  }))
const origin = (seed: string): Origin => ({
  wording: { system: '', template: 'Write.' },
  variables: [],
  learning: cases('learning', 8),
  heldBack: cases('held', 8),
  generations: 12,
  seed,
})

/** A case is right when the wording has the rule that it wants; a reflection adds the first rule that was missing. */
function trials(log: string[] = []): Trials {
  return {
    measure: async (candidate, { template }, { id, variables }) => {
      log.push(`${candidate} ${id}`)
      const isRight = template.includes(variables.wants as string)
      return { score: isRight ? 1 : 0, feedback: isRight ? [] : [variables.wants as string], answer: '' }
    },
    mutate: async (_generation, { template }, examples) => {
      const [missing] = examples.flatMap(({ feedback }) => feedback)
      return { diagnosis: '', wording: { system: '', template: `${template} ${missing}` } }
    },
    join: async (_generation, [first, second]) => ({
      diagnosis: '',
      wording: { system: '', template: `${first.template} ${second.template}` },
    }),
    advanced: async () => {},
  }
}

/** Held-back cases that the best candidate is right on. */
function bestOf({ candidates }: Pool): number {
  const totals = candidates.map(({ heldBack }) => [...heldBack.values()].reduce((sum, score) => sum + score, 0))
  return Math.max(...totals)
}

describe('the loop of an evolution', () => {
  it('finds the wording that has every rule, from any seed', async () => {
    const best = []
    for (let seed = 0; seed < 100; seed++) {
      const pool = new Pool()
      await evolve(origin(String(seed)), trials(), pool)
      best.push(bestOf(pool))
    }
    expect(best).toEqual(Array(100).fill(8))
  })

  it('joins what was learned apart: a model that forgets one rule for the next gets no further alone', async () => {
    const forgetful: Trials = {
      ...trials(),
      mutate: async (_generation, _parent, examples) => {
        const [missing] = examples.flatMap(({ feedback }) => feedback)
        return { diagnosis: '', wording: { system: '', template: `Write. ${missing}` } }
      },
    }
    const [alone, joined]: [number[], number[]] = [[], []]
    for (let seed = 0; seed < 100; seed++) {
      const [single, together] = [new Pool(), new Pool()]
      await evolve(origin(String(seed)), { ...forgetful, join: async () => null }, single)
      await evolve(origin(String(seed)), forgetful, together)
      alone.push(bestOf(single))
      joined.push(bestOf(together))
    }
    // One rule is right on two of the eight.
    expect(Math.max(...alone)).toBe(2)
    expect(joined.filter((total) => total > 2).length).toBeGreaterThan(80)
  })

  it('goes the same way from the same seed, and another from another', async () => {
    const walk = async (seed: string) => {
      const log: string[] = []
      await evolve(origin(seed), trials(log), new Pool())
      return log.join()
    }
    expect(await walk('a')).toBe(await walk('a'))
    expect(await walk('a')).not.toBe(await walk('b'))
  })

  it('tries every learning case before any comes again', async () => {
    const log: string[] = []
    const stubborn: Trials = { ...trials(log), mutate: async () => null }
    await evolve({ ...origin('a'), generations: 8 }, stubborn, new Pool())
    const tried = log.filter((entry) => entry.startsWith('0 learning'))
    expect(new Set(tried.slice(0, 8)).size).toBe(8)
    expect(tried).toHaveLength(24)
  })
})
