/**
 * npm run bench -- decisions
 *
 * Who gets which variant: ours beside GrowthBook's own SDK, on the same experiments (each with a condition, uneven weights,
 * a share of the traffic and a namespace) and the same 10,000 users. First every decision is compared; one that differs
 * ends the run. GrowthBook is asked in two ways, both of `GrowthBookClient`, its class for servers: `evalFeature`, as its
 * users do, and `runInlineExperiment`, which leaves out the features.
 */
import { GrowthBookClient, type Experiment as GrowthBookExperiment } from '@growthbook/growthbook'
import { compileCondition } from '../packages/plugins/experiments/src/assignment/condition.ts'
import type { Subject } from '../packages/plugins/experiments/src/assignment/decision.ts'
import type { Definition } from '../packages/plugins/experiments/src/assignment/plan.ts'
import { Snapshot } from '../packages/plugins/experiments/src/assignment/snapshot.ts'
import { compare } from './compare.ts'

const countries = ['FR', 'DE', 'US', 'GB', 'JP']
const devices = ['desktop', 'mobile', 'tablet']

const users: readonly Subject[] = Array.from({ length: 10_000 }, (_, index) => {
  const id = `0199e2c4-7c1f-7${String(index % 1000).padStart(3, '0')}-8a5b-${String(index).padStart(12, '0')}`
  const country = countries[index % countries.length]
  const device = devices[(index >> 3) % devices.length]
  return { id, attributes: { id, country, device, visits: index % 40, plan: index % 7 === 0 ? 'pro' : 'free' } }
})

const conditions = [
  { country: { $in: ['FR', 'DE', 'US'] } },
  { device: 'mobile' },
  { visits: { $gte: 5 } },
  { plan: { $ne: 'pro' } },
  { device: { $not: { $eq: 'tablet' } } },
]

const weightsOf = [
  [0.5, 0.5],
  [0.1, 0.9],
  [0.2, 0.3, 0.5],
  [0.25, 0.25, 0.25, 0.25],
]

const experiments: readonly Definition[] = Array.from({ length: 20 }, (_, index) => {
  const weights = weightsOf[index % weightsOf.length] as number[]
  const from = (index % 4) * 0.1
  return {
    id: `0199e2c4-0000-7000-8000-${String(index).padStart(12, '0')}`,
    key: `experiment-${index}`,
    kind: 'test',
    status: 'running',
    seed: `seed-${index}`,
    hashVersion: 2,
    winner: null,
    coverage: index % 2 === 0 ? 0.8 : 1,
    condition: conditions[index % conditions.length] as Definition['condition'],
    activeHours: null,
    namespace: { name: `layer-${index % 3}`, from, to: from + 0.6 },
    holdoutId: null,
    sticky: true,
    phase: 1,
    inBrowsers: false,
    forced: [],
    variants: weights.map((weight, arm) => ({
      id: `0199e2c4-0000-7000-9000-${String(index * 100 + arm).padStart(12, '0')}`,
      key: `variant-${arm}`,
      weight,
      value: null,
      retired: false,
    })),
  }
})

const inlines: readonly GrowthBookExperiment<string>[] = experiments.map(
  ({ key, seed, coverage, condition, namespace, variants }) => ({
    key,
    seed,
    hashVersion: 2,
    variations: variants.map((variant) => variant.key) as [string, string, ...string[]],
    weights: variants.map(({ weight }) => weight),
    coverage,
    condition: condition as NonNullable<GrowthBookExperiment<string>['condition']>,
    namespace: [namespace?.name ?? '', namespace?.from ?? 0, namespace?.to ?? 1],
  }),
)

const snapshot = new Snapshot(experiments, compileCondition)
const growthBook = new GrowthBookClient().initSync({
  payload: {
    features: Object.fromEntries(
      inlines.map(({ variations, ...rule }) => [rule.key, { defaultValue: null, rules: [{ ...rule, variations }] }]),
    ),
  },
})
const contexts = users.map(({ attributes }) => ({ attributes: { ...attributes } }))
const keys = experiments.map(({ key }) => key)
const at = Date.parse('2026-11-20T12:00:00Z')

type Decide = (user: number, experiment: number) => string | null

/** Each decides for one user in one experiment. */
const deciders: Readonly<Record<string, Decide>> = {
  ours: (user, experiment) =>
    snapshot.decide(keys[experiment] as string, users[user] as Subject, at)?.variantKey ?? null,
  'GrowthBook evalFeature': (user, experiment) =>
    growthBook.evalFeature<string | null>(keys[experiment] as string, contexts[user] as object).value,
  'GrowthBook runInlineExperiment': (user, experiment) => {
    const { inExperiment, value } = growthBook.runInlineExperiment(
      inlines[experiment] as GrowthBookExperiment<string>,
      contexts[user] as object,
    )
    return inExperiment ? value : null
  },
}

const equality = compareAnswers()
await compare({
  key: 'decisions',
  title: 'Assignment',
  unit: 'decisions',
  sliceMs: 400,
  contestants: Object.entries(deciders).map(([name, decide]) => ({
    name,
    slice: async (milliseconds) => ({ done: decideFor(milliseconds, name, decide) }),
  })),
  aims: Object.keys(deciders)
    .filter((name) => name !== 'ours')
    .map((beside) => ({ of: 'ours', beside, figure: 'rate', atLeast: 4 })),
  notes: [`${experiments.length} experiments, ${users.length.toLocaleString('en')} users, one thread. ${equality}`],
})

/** @throws where any two give a user different variants */
function compareAnswers(): string {
  const [ours, ...peers] = Object.entries(deciders) as [[string, Decide], ...[string, Decide][]]
  let variants = 0
  for (let user = 0; user < users.length; user++)
    for (let experiment = 0; experiment < experiments.length; experiment++) {
      const given = ours[1](user, experiment)
      if (given !== null) variants++
      for (const [name, decide] of peers) {
        const theirs = decide(user, experiment)
        if (theirs === given) continue
        throw new Error(`${users[user]?.id} in ${keys[experiment]}: ours gives ${given}, ${name} ${theirs}.`)
      }
    }
  const all = users.length * experiments.length
  const share = ((variants / all) * 100).toFixed(1)
  return `All ${all.toLocaleString('en')} decisions were compared before: alike; ${share} % get a variant, the others none.`
}

/** @returns how many decisions it took */
function decideFor(milliseconds: number, name: string, decide: Decide): number {
  const begin = performance.now()
  let decisions = 0
  let given = 0
  do {
    // Looking at the clock costs about as much as a decision.
    for (let count = 0; count < 2_000; count++, decisions++)
      if (decide(decisions % users.length, (decisions * 7) % experiments.length) !== null) given++
  } while (performance.now() - begin < milliseconds)
  if (given === 0) throw new Error(`${name} gives nobody a variant.`)
  return decisions
}
