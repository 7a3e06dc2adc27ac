/**
 * npm run bench -- simulations
 *
 * Do the statistics keep what they promise? Experiments whose truth is known, drawn with a fixed seed: how often
 * nothing is called something, how often intervals hold the truth, what a bandit loses, when broken splits are
 * noticed. Every share stands with twice its standard error. SCALE=0.1 draws a tenth of the experiments, SEED others.
 */
import { falsePositives, manyTreatments } from './simulations/aaTests.ts'
import { bandits } from './simulations/bandits.ts'
import { banditVerdicts } from './simulations/banditVerdicts.ts'
import { createChance } from './simulations/chance.ts'
import { coverage } from './simulations/coverage.ts'
import { powerKept } from './simulations/power.ts'
import { srmDetection } from './simulations/srmDetection.ts'
import type { Table } from './simulations/table.ts'

const seed = Number(process.env.SEED ?? 20_261_121)
const scale = Number(process.env.SCALE ?? 1)
const simulations = [falsePositives, manyTreatments, powerKept, coverage, bandits, banditVerdicts, srmDetection]

console.log(`Seed ${seed}, scale ${scale}`)
for (const [index, simulate] of simulations.entries()) {
  const began = performance.now()
  // A source of its own for each, so that one can change and leave the others' figures.
  print(simulate(createChance(seed + index), scale))
  console.log(`(${((performance.now() - began) / 1000).toFixed(1)} s)`)
}

function print({ title, columns, rows }: Table): void {
  console.log(`\n${title}\n`)
  console.log(
    `| ${columns.join(' | ')} |\n|---|${columns
      .slice(1)
      .map(() => '---:')
      .join('|')}|`,
  )
  for (const row of rows) console.log(`| ${row.join(' | ')} |`)
}
