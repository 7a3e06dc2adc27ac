import { sampleRatio } from '@espalier/experiments/statistics'
import { count, type Simulation, share } from './table.ts'

const sizes = [1_000, 10_000, 50_000]
const losses = [0, 0.02, 0.05, 0.1]

/** A treatment that loses some of its visitors before they are counted: how often does the alarm ring? */
export const srmDetection: Simulation = (chance, scale) => {
  const experiments = Math.round(1_000 * scale)
  return {
    title: `Sample ratio: alarms (p < 0.001) in ${count(experiments)} experiments at 50:50 of which the treatment loses visitors`,
    columns: ['visitors', ...losses.map((loss) => (loss === 0 ? 'none lost' : `${100 * loss} % lost`))],
    rows: sizes.map((size) => [
      count(size),
      ...losses.map((loss) => {
        // A sound split rings once in a thousand: ten times the experiments to see it.
        const trials = loss === 0 ? experiments * 10 : experiments
        let alarms = 0
        for (let trial = 0; trial < trials; trial++) {
          const treatment = chance.binomial(size, (1 - loss) / (2 - loss))
          const arms = [size - treatment, treatment].map((observed) => ({ observed, weight: 1 }))
          if (sampleRatio(arms).alarm) alarms += 1
        }
        return share(alarms, trials)
      }),
    ]),
  }
}
