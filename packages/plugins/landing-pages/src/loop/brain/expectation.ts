import { dot, type Factor, factor } from '@espalier/experiments/statistics'
import type { PageContent } from '../../content.ts'
import type { Arm } from '../arm.ts'
import { armEffects } from './armEffects.ts'
import { featuresOf } from './features.ts'

/** What is expected of a page: log odds of converting against the control, and how uncertain that is. */
export interface Expected {
  readonly mean: number
  /** Standard deviation. */
  readonly deviation: number
}

/** What the arms of a page teach about pages that nobody has seen yet. */
export interface Expectation {
  /** Of a content: whether it was shown or not, what its parts did elsewhere counts. */
  of(content: PageContent): Expected
  /** How the log odds change with some features that come together, for others that go with them. */
  ofChange(gained: readonly string[], lost?: readonly string[]): Expected
}

/**
 * A model of what the parts of a page do, by themselves and in pairs, learned from all arms, retired ones among them.
 *
 * Log odds of an arm = μ + Σ β of its features + Σ γ of its pairs of block versions + what is its own; all of them normal
 * around 0 and independent, so that the arms are jointly normal and everything has a closed form: a Gaussian process whose
 * kernel counts what two pages share. How strong the parts, the pairs and an arm's own are is not known before: the answer
 * is averaged over a grid of strengths, by how well each explains the arms. Rasmussen, Williams (2006), "Gaussian Processes
 * for Machine Learning", §2.7 (unknown mean) and §5.2.
 *
 * It ranks what is worth a trial. It is no result: only visitors are.
 *
 * @param arms of one page; one at least
 */
export function expectationOf(arms: readonly Arm[]): Expectation {
  const control = Math.max(
    0,
    arms.findIndex(({ isControl }) => isControl),
  )
  const { effects, variances } = armEffects(arms)
  const shift = effects[control] ?? 0
  const measured = effects.map((effect) => effect - shift)
  const parts = arms.map(({ content }) => partsOf(content))
  const sizes = usualSizes(parts)
  const likenesses = parts.map((a) => parts.map((b) => likeness(a, b, sizes)))
  const models = strengths
    .map((strength) => explain(strength, measured, variances, likenesses))
    .sort((a, b) => b.evidence - a.evidence)
  const best = models[0]?.evidence ?? 0
  const weighed = models
    .map((model) => ({ model, weight: Math.exp(model.evidence - best) }))
    .filter(({ weight }) => weight > 0.02)
  const total = weighed.reduce((sum, { weight }) => sum + weight, 0)
  const mix = (ask: (model: Model) => { mean: number; variance: number }): Expected => {
    const answers = weighed.map(({ model, weight }) => ({ ...ask(model), weight: weight / total }))
    const mean = answers.reduce((sum, answer) => sum + answer.weight * answer.mean, 0)
    const square = answers.reduce((sum, answer) => sum + answer.weight * (answer.variance + answer.mean ** 2), 0)
    return { mean, deviation: Math.sqrt(Math.max(1e-12, square - mean ** 2)) }
  }
  return {
    of: (content) => {
      const asked = partsOf(content)
      const known = parts.findIndex((own) => own.key === asked.key)
      const towards = parts.map((own) => likeness(asked, own, sizes))
      const itself = likeness(asked, asked, sizes)
      return mix((model) => predict(model, { towards, itself, known }))
    },
    ofChange: (gained, lost = []) => mix((model) => predictChange(model, { gained, lost }, parts, sizes)),
  }
}

/** Deviations of the log odds between pages of one family: of single parts together, of pairs together, of an arm's own. */
interface Strength {
  readonly single: number
  readonly pairs: number
  readonly own: number
  /** Log of how likely it is before data: blocks of a page seldom change its rate by half. */
  readonly prior: number
}

const strengths: readonly Strength[] = [0.02, 0.08, 0.18, 0.35].flatMap((single) =>
  [0.01, 0.08, 0.2].flatMap((pairs) =>
    [0.01, 0.05, 0.12].map((own) => ({
      ...{ single, pairs, own },
      prior: -((single / 0.3) ** 2 + (pairs / 0.25) ** 2 + (own / 0.12) ** 2) / 2,
    })),
  ),
)

const kinds = ['text', 'order', 'style'] as const
type Kind = (typeof kinds)[number]
/** How much of the strength of single parts lies where: what is said, in which order, and how. */
const portions: Readonly<Record<Kind, number>> = { text: 0.65, order: 0.2, style: 0.15 }

interface Parts extends Readonly<Record<Kind, ReadonlySet<string>>> {
  readonly key: string
}

function partsOf(content: PageContent): Parts {
  const features = [...featuresOf(content)].sort()
  const of = (kind: Kind) => new Set(features.filter((feature) => kindOf(feature) === kind))
  return { key: features.join('\n'), text: of('text'), order: of('order'), style: of('style') }
}

function kindOf(feature: string): Kind {
  return feature.startsWith('text:') ? 'text' : feature.startsWith('order:') ? 'order' : 'style'
}

type Sizes = Readonly<Record<Kind, number>>

/** How many of each kind a page usually has: what one of them counts is one part of so many. */
function usualSizes(parts: readonly Parts[]): Sizes {
  const usual = (kind: Kind) => Math.max(1, parts.reduce((sum, own) => sum + own[kind].size, 0) / parts.length)
  return { text: usual('text'), order: usual('order'), style: usual('style') }
}

/** What two pages share, before it is known how strong that is. */
interface Likeness {
  readonly single: number
  readonly pairs: number
}

function likeness(a: Parts, b: Parts, sizes: Sizes): Likeness {
  const counts = {
    text: shared(a.text, b.text),
    order: shared(a.order, b.order),
    style: shared(a.style, b.style),
  }
  return {
    single: kinds.reduce((sum, kind) => sum + (portions[kind] * counts[kind]) / sizes[kind], 0),
    pairs: (counts.text * (counts.text - 1)) / Math.max(2, sizes.text * (sizes.text - 1)),
  }
}

function covarianceOf({ single, pairs }: Likeness, strength: Strength): number {
  return strength.single ** 2 * single + strength.pairs ** 2 * pairs
}

function shared(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let count = 0
  for (const item of a) if (b.has(item)) count += 1
  return count
}

interface Model {
  readonly strength: Strength
  readonly solved: Factor
  /** Σ⁻¹ 1, 1ᵀ Σ⁻¹ 1, μ and Σ⁻¹ (y - μ). */
  readonly ones: readonly number[]
  readonly information: number
  readonly mean: number
  readonly weights: readonly number[]
  /** Log of how well it explains the arms, the prior included. */
  readonly evidence: number
}

function explain(
  strength: Strength,
  measured: readonly number[],
  variances: readonly number[],
  likenesses: readonly (readonly Likeness[])[],
): Model {
  const matrix = likenesses.map((own, row) =>
    own.map(
      (other, column) =>
        covarianceOf(other, strength) + (row === column ? strength.own ** 2 + (variances[row] as number) + 1e-9 : 0),
    ),
  )
  const solved = factor(matrix)
  const ones = solved.solve(measured.map(() => 1))
  const information = ones.reduce((sum, value) => sum + value, 0)
  const mean = dot(ones, measured) / information
  const away = measured.map((value) => value - mean)
  const weights = solved.solve(away)
  const evidence = strength.prior - (dot(away, weights) + solved.logDeterminant + Math.log(information)) / 2
  return { strength, solved, ones, information, mean, weights, evidence }
}

/** A page by what it shares with each arm. */
interface Asked {
  readonly towards: readonly Likeness[]
  readonly itself: Likeness
  /** Which of the arms it is, or -1: of an arm also what is its own is known a little. */
  readonly known: number
}

function predict(model: Model, { towards, itself, known }: Asked) {
  const { strength, mean } = model
  const shared = towards.map(
    (other, index) => covarianceOf(other, strength) + (index === known ? strength.own ** 2 : 0),
  )
  const { value, variance } = posterior(model, shared, 1)
  return { mean: mean + value, variance: covarianceOf(itself, strength) + strength.own ** 2 - variance }
}

function predictChange(
  model: Model,
  { gained, lost }: { gained: readonly string[]; lost: readonly string[] },
  parts: readonly Parts[],
  sizes: Sizes,
) {
  const signed = [...gained.map((feature) => ({ feature, sign: 1 })), ...lost.map((feature) => ({ feature, sign: -1 }))]
  const prior = ({ feature }: { feature: string }) =>
    (model.strength.single ** 2 * portions[kindOf(feature)]) / sizes[kindOf(feature)]
  const towards = parts.map((own) =>
    signed.reduce((sum, item) => sum + (own[kindOf(item.feature)].has(item.feature) ? item.sign * prior(item) : 0), 0),
  )
  const { value, variance } = posterior(model, towards, 0)
  return { mean: value, variance: signed.reduce((sum, item) => sum + prior(item), 0) - variance }
}

/** What the arms tell of something, and by how much they narrow it. @param level 1 for a page, 0 for a difference */
function posterior({ solved, ones, information, weights }: Model, towards: readonly number[], level: 0 | 1) {
  const known = solved.solve(towards)
  const unknownMean = level - dot(towards, ones)
  return { value: dot(towards, weights), variance: dot(towards, known) - unknownMean ** 2 / information }
}
