/**
 * npm run bench -- decisions
 *
 * Who gets which variant: ours beside GrowthBook's own SDK, on the same experiments (each with a condition, uneven weights,
 * a share of the traffic and a namespace) and the same 10,000 users. First every decision is compared; one that differs
 * ends the run. Then the contestants take turns in random order, and the ratio is taken within each round, so that a noisy
 * machine disturbs all alike. GrowthBook is asked in two ways, both of `GrowthBookClient`, its class for servers:
 * `evalFeature`, as its users do, and `runInlineExperiment`, which leaves out the features.
 */
import { GrowthBookClient, type Experiment as GrowthBookExperiment } from '@growthbook/growthbook'
import { compileCondition } from '../packages/plugins/experiments/src/assignment/condition.ts'
import type { Subject } from '../packages/plugins/experiments/src/assignment/decision.ts'
import type { Definition } from '../packages/plugins/experiments/src/assignment/plan.ts'
import { Snapshot } from '../packages/plugins/experiments/src/assignment/snapshot.ts'

const rounds = Number(process.env.ROUNDS ?? 15)
const sliceMs = Number(process.env.SLICE_MS ?? 400)

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

/** Each decides for one user in one experiment. */
const contestants = {
  ours: (user: number, experiment: number): string | null =>
    snapshot.decide(keys[experiment] as string, users[user] as Subject, at)?.variantKey ?? null,
  'GrowthBook evalFeature': (user: number, experiment: number): string | null =>
    growthBook.evalFeature<string | null>(keys[experiment] as string, contexts[user] as object).value,
  'GrowthBook runInlineExperiment': (user: number, experiment: number): string | null => {
    const { inExperiment, value } = growthBook.runInlineExperiment(
      inlines[experiment] as GrowthBookExperiment<string>,
      contexts[user] as object,
    )
    return inExperiment ? value : null
  },
}
type Contestant = keyof typeof contestants
const names = Object.keys(contestants) as Contestant[]

compareAll()
await measureAll()

function compareAll(): void {
  let variants = 0
  for (let user = 0; user < users.length; user++)
    for (let experiment = 0; experiment < experiments.length; experiment++) {
      const [ours, ...theirs] = names.map((name) => contestants[name](user, experiment))
      const different = theirs.findIndex((given) => given !== ours)
      if (different >= 0)
        throw new Error(
          `${users[user]?.id} in ${keys[experiment]}: ours gives ${ours}, ${names[different + 1]} ${theirs[different]}.`,
        )
      if (ours !== null) variants++
    }
  const all = users.length * experiments.length
  console.log(
    `${all.toLocaleString('en')} decisions, all alike: ${((variants / all) * 100).toFixed(1)} % get a variant, the others none.\n`,
  )
}

async function measureAll(): Promise<void> {
  for (const name of names) slice(name)
  const perSecond = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Contestant, number[]>
  const ratios = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Contestant, number[]>
  for (let round = 0; round < rounds; round++) {
    const order = [...names].sort(() => Math.random() - 0.5)
    const inRound = new Map(order.map((name) => [name, slice(name)]))
    for (const name of names) {
      perSecond[name].push(inRound.get(name) as number)
      ratios[name].push((inRound.get('ours') as number) / (inRound.get(name) as number))
    }
  }
  console.log(
    `${experiments.length} experiments, ${users.length.toLocaleString('en')} users, ${rounds} rounds of ${sliceMs} ms, Node ${process.version}\n`,
  )
  console.table(
    Object.fromEntries(
      names.map((name) => [
        name,
        {
          'decisions a second (median)': Math.round(median(perSecond[name])).toLocaleString('en'),
          'µs a decision': (1e6 / median(perSecond[name])).toFixed(3),
          'ours is faster by (median)': median(ratios[name]).toFixed(2),
          'least … most': `${Math.min(...ratios[name]).toFixed(2)} … ${Math.max(...ratios[name]).toFixed(2)}`,
        },
      ]),
    ),
  )
}

/** @returns decisions a second */
function slice(name: Contestant): number {
  const decide = contestants[name]
  const begin = performance.now()
  let decisions = 0
  let given = 0
  let elapsed = 0
  do {
    // Looking at the clock costs about as much as a decision.
    for (let count = 0; count < 2_000; count++, decisions++)
      if (decide(decisions % users.length, (decisions * 7) % experiments.length) !== null) given++
    elapsed = performance.now() - begin
  } while (elapsed < sliceMs)
  if (given === 0) throw new Error(`${name} gives nobody a variant.`)
  return (decisions / elapsed) * 1_000
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] as number
}
