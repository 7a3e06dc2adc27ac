import { deviationOf, isCertain, meanOf, type Posterior, supportOf } from './posterior.ts'

/** A place to evaluate a function at, and what it counts there. */
export interface Node {
  readonly x: number
  readonly weight: number
}

/**
 * Nodes for integrals over products of the arms' densities and distribution functions, however unlike the arms: an
 * arm of ten visitors beside one of ten million changes within a sliver of the other's width. Good to about 1e-11, and to
 * 1e-8 for rates of billions, of which the library's functions know no more.
 *
 * Panels of Gauss and Legendre with 16 nodes. A panel is at most 1.5 deviations of an arm long near that arm, and at
 * most 0.4 of the way to it farther off, so none steps over one; their number grows with the logarithm of the ratio.
 */
export function nodesFor(posteriors: readonly Posterior[]): Node[] {
  const supports = posteriors.map(supportOf)
  const lower = Math.min(...supports.map((support) => support.lower))
  const upper = Math.max(...supports.map((support) => support.upper))
  // A certain arm is a step: a sliver around it, narrow beside every other arm, will do.
  const widths = posteriors.filter((posterior) => !isCertain(posterior)).map(deviationOf)
  const sliver = 1e-9 * Math.min(upper - lower, ...widths)
  const marks = posteriors.flatMap(marksOf).map(({ at, width }) => ({ at, width: Math.max(width, sliver) }))
  const nodes: Node[] = []
  for (let from = lower; from < upper; ) {
    const step = Math.min(...marks.map(({ at, width }) => Math.max(1.5 * width, 0.4 * Math.abs(from - at))))
    // Less than the spacing of numbers would stand still.
    const to = Math.min(upper, Math.max(from + step, from + Math.abs(from) * 4e-16))
    const [center, half] = [(from + to) / 2, (to - from) / 2]
    for (const [x, weight] of legendre) {
      nodes.push({ x: center - half * x, weight: half * weight }, { x: center + half * x, weight: half * weight })
    }
    from = to
  }
  return nodes
}

/** Where an arm changes, and how fast. */
function marksOf(posterior: Posterior): { at: number; width: number }[] {
  const width = deviationOf(posterior)
  const own = { at: meanOf(posterior), width }
  if (posterior.kind === 'normal') return [own]
  // Next to an end of [0, 1] a beta is a power of the distance; one that is not whole wants ever finer panels.
  const ends = [
    { at: 0, exponent: posterior.alpha },
    { at: 1, exponent: posterior.beta },
  ].filter(({ exponent }) => exponent < 4 && !Number.isInteger(exponent))
  return [own, ...ends.map(({ at }) => ({ at, width: width * 1e-5 }))]
}

/** Positive half of the nodes and weights of Gauss and Legendre's rule with 16. Abramowitz & Stegun, table 25.4. */
const legendre = [
  [0.0950125098376374, 0.1894506104550685],
  [0.2816035507792589, 0.1826034150449236],
  [0.4580167776572274, 0.1691565193950025],
  [0.6178762444026438, 0.1495959888165767],
  [0.755404408355003, 0.1246289712555339],
  [0.8656312023878318, 0.0951585116824928],
  [0.9445750230732326, 0.0622535239386479],
  [0.9894009349916499, 0.0271524594117541],
] as const
