/**
 * npm run bench -- loop
 *
 * Does a page that improves itself earn more than one whose variants are only weighed? Visitors whose taste nobody sees
 * (versions of blocks, pairs of them, orders; drifting, and upset once) meet the same page under five regimes for 60 days:
 * an even split that stays, the bandit alone, the bandit over everything that people wrote, the whole loop with the generator
 * that recombines, and somebody who knows every taste. All but the last run the product's own functions. Each seed has
 * visitors of its own, the same for every regime.
 *
 * SEEDS=5 plays fewer seasons, SEED=101 others; SCENARIO=all plays all scenarios, SCENARIO="little traffic" another one;
 * CHART=1 writes docs/images/loop-simulation.svg. Two minutes on two cores for each scenario.
 */
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { banditOver } from './loop/bandit.ts'
import { chartOf } from './loop/chart.ts'
import { oracle } from './loop/oracle.ts'
import { drafts, original, variants } from './loop/pages.ts'
import { type Player, play, type Season } from './loop/season.ts'
import { createVisitors, type Temper, type Visitors } from './loop/taste.ts'
import { wholeLoop } from './loop/wholeLoop.ts'
import { createChance } from './simulations/chance.ts'
import { count } from './simulations/table.ts'

const seeds = Number(process.env.SEEDS ?? 20)
const scenario = process.env.SCENARIO ?? 'usual'
const firstSeed = Number(process.env.SEED ?? 1)

const usual: Temper = {
  ...{ visitorsPerDay: 2_000, baseRate: 0.05 },
  ...{ words: 0.07, pairs: 0.02, orders: 0.025, drift: 0.006, upheaval: 0.1 },
}
const scenarios: Readonly<Record<string, Temper>> = {
  usual,
  'taste upset': { ...usual, upheaval: 0.3 },
  'no interactions': { ...usual, pairs: 0 },
  'little traffic': { ...usual, visitorsPerDay: 300 },
  'nothing matters': { ...usual, words: 0, pairs: 0, orders: 0 },
}

const live = [original, ...variants].map((content, index) => ({ key: `variant-${index}`, content }))
const written = [...live, ...drafts.map((content, index) => ({ key: `draft-${index}`, content }))]

type Regime = (visitors: Visitors, seed: number) => Player

const regimes: Readonly<Record<string, Regime>> = {
  'original alone': () => ({ show: () => [{ key: 'original', content: original, share: 1 }] }),
  'fixed split': () => ({ show: () => live.map((page) => ({ ...page, share: 1 / live.length })) }),
  'bandit alone': () => banditOver(live),
  'bandit over all drafts': () => banditOver(written),
  'whole loop': (_, seed) => wholeLoop(createChance(seed + 500_000)),
  oracle: (visitors) => oracle(visitors),
}

if (isMainThread) await compare()
else parentPort?.postMessage(playSeeds(workerData.temper as Temper, workerData.seeds as number[]))

async function compare(): Promise<void> {
  const chosen = Object.entries(scenarios).filter(([name]) => scenario === 'all' || scenario === name)
  for (const [name, temper] of chosen) {
    const began = performance.now()
    const seasons = await playAll(temper)
    print(name, temper, seasons)
    console.log(`(${((performance.now() - began) / 1000).toFixed(0)} s)`)
    if (name === 'usual' && process.env.CHART)
      await writeFile(new URL('../docs/images/loop-simulation.svg', import.meta.url), chartOf(seasons))
  }
}

/** All seeds, divided over the cores. */
async function playAll(temper: Temper): Promise<Map<string, Season[]>> {
  const threads = Math.min(seeds, availableParallelism())
  const parts = await Promise.all(
    Array.from({ length: threads }, async (_, thread) => {
      const own = Array.from({ length: seeds }, (__, index) => firstSeed + index).filter(
        (_seed, index) => index % threads === thread,
      )
      const worker = new Worker(new URL(import.meta.url), { workerData: { temper, seeds: own } })
      const [seasons] = (await once(worker, 'message')) as [Map<string, Season[]>]
      return seasons
    }),
  )
  return new Map(Object.keys(regimes).map((name) => [name, parts.flatMap((part) => part.get(name) ?? [])]))
}

/** Regime → a season for each seed. */
function playSeeds(temper: Temper, own: readonly number[]): Map<string, Season[]> {
  const seasons = new Map<string, Season[]>(Object.keys(regimes).map((name) => [name, []]))
  for (const seed of own) {
    const visitors = createVisitors(temper, seed)
    for (const [name, regime] of Object.entries(regimes))
      seasons.get(name)?.push(play(regime(visitors, seed), visitors, createChance(seed + 900_000)))
  }
  return seasons
}

function print(
  name: string,
  { visitorsPerDay, baseRate }: Temper,
  seasons: ReadonlyMap<string, readonly Season[]>,
): void {
  console.log(`\n${name}: ${visitorsPerDay} visitors a day, ${100 * baseRate} % convert at the start, ${seeds} seeds\n`)
  console.log(
    '| regime | conversions | against the original | against the bandit | better than the bandit | below the original at the end | end, lowest |',
  )
  console.log('|---|---:|---:|---:|---:|---:|---:|')
  const [originals, bandits] = [seasons.get('original alone') ?? [], seasons.get('bandit alone') ?? []]
  for (const [regime, own] of seasons) {
    const better = own.filter(({ conversions }, index) => conversions > (bandits[index]?.conversions ?? 0)).length
    // Equal but for rounding where nothing differs.
    const below = own.filter(({ endAgainstOriginal }) => endAgainstOriginal < 1 - 1e-9).length
    console.log(
      `| ${[
        regime,
        count(mean(own.map(({ conversions }) => conversions))),
        lift(own, originals),
        lift(own, bandits),
        regime === 'bandit alone' ? '' : `${better} of ${own.length}`,
        `${below} of ${own.length}`,
        Math.min(...own.map(({ endAgainstOriginal }) => endAgainstOriginal)).toFixed(3),
      ].join(' | ')} |`,
    )
  }
}

/** Mean over seeds of how much more conversions there are, with twice its standard error. */
function lift(own: readonly Season[], others: readonly Season[]): string {
  if (own === others) return ''
  const lifts = own.map(({ conversions }, index) => conversions / (others[index]?.conversions ?? 1) - 1)
  const middle = mean(lifts)
  const error = Math.sqrt(mean(lifts.map((value) => (value - middle) ** 2)) / Math.max(1, lifts.length - 1))
  return `${(100 * middle).toFixed(1)} ± ${(200 * error).toFixed(1)} %`
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
