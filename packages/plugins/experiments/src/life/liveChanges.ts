import { isDeepStrictEqual } from 'node:util'
import {
  ConflictError,
  checkInput,
  InvalidInputError,
  refuseSavedMeanwhile,
  type Told,
  type WorkspaceContext,
} from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import { recordDecision } from '../decisions/decisionTrail.ts'
import type { Reason } from '../decisions/reason.ts'
import { weightsChanged } from '../events.ts'
import { type Experiment, liveVariants, type Variant } from '../experiment.ts'
import { maxVariants, maxVariantsEver } from '../experimentInput.ts'
import { changeExperiment, editedExperiment, getExperiment, lockExperiment, writeNullable } from '../experimentRow.ts'
import { type Life, said } from './life.ts'
import { type CheckedLiveChange, type LiveChangeInput, liveChange } from './liveChange.ts'
import { isSameQuestion, type PhaseReason, weightsOf } from './phases.ts'

/** Changes experiments while they run: each change is a phase of its own, so that results are never mixed silently. */
export class LiveChanges {
  readonly #life: Life

  constructor(life: Life) {
    this.#life = life
  }

  /**
   * @param expectedVersion refused where somebody has changed the experiment since; without it changes follow one another
   * @throws InvalidInputError, NotFoundError, ConflictError when it does not run, and where somebody saved first
   */
  async apply(
    context: WorkspaceContext,
    id: string,
    input: LiveChangeInput,
    expectedVersion?: number | null,
  ): Promise<Experiment> {
    const change = checkInput(liveChange, input)
    return context.transaction(async (tx) => {
      const before = await lockExperiment(tx, id)
      if (before.status !== 'running')
        throw new ConflictError(
          before.status === 'paused'
            ? {
                en: `The experiment "${before.name}" is paused. Resume it, then change it.`,
                fr: `L’expérience « ${before.name} » est en pause. Reprenez-la, puis modifiez-la.`,
              }
            : {
                en: `The experiment "${before.name}" is ${before.status}. Only one that runs is changed this way; a draft is changed with updateExperiment.`,
                fr: `L’expérience « ${before.name} » ne tourne pas. Seule une expérience en cours se change ainsi ; un brouillon se modifie directement.`,
              },
        )
      await refuseSavedMeanwhile(tx, editedExperiment(before), expectedVersion)
      refuseImpossible(before, change, tx.clock.now())
      await writeVariants(tx, before, change)
      await writeTargeting(tx, id, change)
      await changeExperiment(tx, id, { version: { increment: 1 } })
      const changed = await getExperiment(tx, id)
      if (liveVariants(changed).every(({ weight }) => weight === 0))
        throw InvalidInputError.of('input.weights', 'ALL_ZERO', {
          en: 'All variants have the weight 0. Give one a weight above 0.',
          fr: 'Toutes les variantes ont le poids 0. Donnez-en un supérieur à 0 à l’une d’elles.',
        })
      const { reason, reasons } = differences(before, changed)
      const after = reason === undefined ? changed : await this.#life.enterPhase(tx, changed, reason)
      if (reasons.length > 0) await this.#tell(tx, before, after, { reason, reasons, why: change.why })
      this.#life.changed(tx, before, after)
      return after
    })
  }

  /**
   * Gives a running experiment that the transaction holds other weights, in a new phase.
   *
   * @param shares variant id → share, for every live variant
   */
  async reweigh(
    tx: WorkspaceContext,
    before: Experiment,
    shares: Readonly<Record<string, number>>,
    reason: PhaseReason,
  ): Promise<Experiment> {
    // In the unit of the weights that people gave, so that a variant added later stands beside them as it would have.
    const unit = liveVariants(before).reduce((sum, { weight }) => sum + weight, 0)
    for (const [variantId, share] of Object.entries(shares)) await writeVariant(tx, variantId, { weight: share * unit })
    const after = await this.#life.enterPhase(tx, await getExperiment(tx, before.id), reason)
    await tx.publish(weightsChanged, { experimentId: after.id, phase: after.phase, weights: weightsByKey(after) })
    this.#life.changed(tx, before, after)
    return after
  }

  async #tell(
    tx: WorkspaceContext,
    before: Experiment,
    after: Experiment,
    { reason, reasons, why }: { reason: PhaseReason | undefined; reasons: readonly Reason[]; why: string | undefined },
  ): Promise<void> {
    const [old, now] = [weightsByKey(before), weightsByKey(after)]
    await recordDecision(tx, after, {
      kind: reason === 'weights' ? 'weights' : 'change',
      inputs: { phase: before.phase, weights: old, verdict: before.verdict },
      outputs: { phase: after.phase, weights: now, ...(reason && { phaseReason: reason }) },
      reasons: [
        ...reasons,
        ...(reason ? [{ code: 'PHASE', number: after.phase } as const] : []),
        ...(!reason || isSameQuestion(reason) ? [] : [{ code: 'NEW_QUESTION' } as const]),
        ...said(why),
      ],
    })
    if (!isDeepStrictEqual(old, now))
      await tx.publish(weightsChanged, { experimentId: after.id, phase: after.phase, weights: now })
  }
}

/** Variant key → share of the subjects, of those that may still be given. */
export function weightsByKey(experiment: Experiment): Record<string, number> {
  const shares = weightsOf(experiment)
  return Object.fromEntries(liveVariants(experiment).map(({ id, key }) => [key, shares[id] as number]))
}

function refuseImpossible(before: Experiment, change: CheckedLiveChange, now: Date): void {
  const refuse = (path: string, code: string, message: Told) => {
    throw InvalidInputError.of(`input.${path}`, code, message)
  }
  const live = liveVariants(before)
  const names = live.map(({ key }) => key).join(', ')
  const find = (path: string, key: string): Variant =>
    live.find((variant) => variant.key === key) ??
    (refuse(path, 'NOT_FOUND', {
      en: `"${key}" is no variant that takes part. They are: ${names}.`,
      fr: `« ${key} » n’est pas une variante qui participe. Participent : ${names}.`,
    }) as never)
  for (const [index, { variant }] of change.weights.entries()) {
    find(`weights.${index}.variant`, variant)
    if (change.retire.includes(variant))
      refuse(`weights.${index}.variant`, 'RETIRED', {
        en: `"${variant}" is retired by the same change. Leave its weight out.`,
        fr: `« ${variant} » est retirée par le même changement. Omettez son poids.`,
      })
  }
  for (const [index, key] of change.retire.entries()) {
    if (find(`retire.${index}`, key) === before.variants[0])
      refuse(`retire.${index}`, 'CONTROL', {
        en: `"${key}" is the control, which all others are compared with. Complete the experiment instead.`,
        fr: `« ${key} » est la référence, à laquelle toutes les autres sont comparées. Terminez plutôt l’expérience.`,
      })
  }
  for (const [index, { key }] of change.add.entries())
    if (before.variants.some((variant) => variant.key === key))
      refuse(`add.${index}.key`, 'TAKEN', {
        en: `"${key}" is a variant of this experiment, perhaps a retired one. Choose another key.`,
        fr: `« ${key} » est une variante de cette expérience, peut-être retirée. Choisissez une autre clé.`,
      })
  if (new Set(change.add.map(({ key }) => key)).size < change.add.length)
    refuse('add', 'TWICE', { en: 'Has two variants with the same key.', fr: 'A deux variantes de même clé.' })
  if (live.length - change.retire.length + change.add.length > maxVariants)
    refuse('add', 'TOO_MANY', {
      en: `Would make more than ${maxVariants} variants that take part. Retire some.`,
      fr: `Ferait plus de ${maxVariants} variantes qui participent. Retirez-en.`,
    })
  if (before.variants.length + change.add.length > maxVariantsEver)
    refuse('add', 'TOO_MANY', {
      en: `Would make more than ${maxVariantsEver} variants, the retired ones among them. Duplicate the experiment.`,
      fr: `Ferait plus de ${maxVariantsEver} variantes, les retirées comprises. Dupliquez l’expérience.`,
    })
  if (live.length - change.retire.length + change.add.length < 2)
    refuse('retire', 'TOO_FEW', {
      en: 'Would leave one variant: there would be nothing to compare. Complete the experiment instead.',
      fr: 'Ne laisserait qu’une variante : il n’y aurait rien à comparer. Terminez plutôt l’expérience.',
    })
  if (before.kind === 'holdout' && change.add.length + change.retire.length > 0)
    refuse('add', 'HOLDOUT', {
      en: 'A holdout has two variants: those who are held back and everybody else. Leave add and retire out.',
      fr: 'Un groupe témoin a deux variantes : ceux qui sont tenus à l’écart et tous les autres. N’ajoutez ni ne retirez rien.',
    })
  if (change.coverage !== undefined && change.coverage < before.coverage)
    refuse('coverage', 'SHRINKS', {
      en: `Is below ${before.coverage}, what it is now: subjects who take part would drop out, and results with them. Coverage only grows; pause the experiment to stop taking subjects in.`,
      fr: `Est inférieur à ${before.coverage}, la part actuelle : des sujets sortiraient, et leurs résultats avec eux. La part ne peut que croître ; mettez l’expérience en pause pour ne plus prendre de sujets.`,
    })
  if (change.stopsAt && change.stopsAt <= now)
    refuse('stopsAt', 'PAST', {
      en: 'Is past. Complete the experiment instead.',
      fr: 'Est passé. Terminez plutôt l’expérience.',
    })
}

async function writeVariants(tx: WorkspaceContext, before: Experiment, change: CheckedLiveChange): Promise<void> {
  const idOf = (key: string) => before.variants.find((variant) => variant.key === key)?.id as string
  for (const { variant, weight, floor, ceiling } of change.weights)
    await writeVariant(tx, idOf(variant), {
      weight,
      ...(floor === undefined ? {} : { floor }),
      ...(ceiling === undefined ? {} : { ceiling }),
    })
  for (const key of change.retire) await writeVariant(tx, idOf(key), { retiredAt: tx.clock.now() })
  await tx.db.prisma.experimentVariant.createMany({
    data: change.add.map(({ value, ...variant }, index) => ({
      ...variant,
      ...(value === null ? {} : { value: value as object }),
      id: uuidv7(),
      experimentId: before.id,
      position: Math.max(...before.variants.map(({ position }) => position)) + 1 + index,
    })),
  })
}

async function writeVariant(tx: WorkspaceContext, id: string, data: object): Promise<void> {
  await tx.db.prisma.experimentVariant.update({
    where: { workspaceId_id: { workspaceId: tx.workspaceId, id } },
    data,
  })
}

async function writeTargeting(tx: WorkspaceContext, id: string, change: CheckedLiveChange): Promise<void> {
  const { coverage, stopsAt, condition, activeHours } = change
  const columns = Object.entries({ coverage, stopsAt }).filter(([, value]) => value !== undefined)
  if (columns.length > 0) await changeExperiment(tx, id, Object.fromEntries(columns))
  const json = Object.entries({ condition, activeHours }).filter(([, value]) => value !== undefined)
  await writeNullable(tx, id, Object.fromEntries(json) as never)
}

/** What is other now, in words, and what the new phase is called for it; no reason when no phase is due. */
function differences(before: Experiment, after: Experiment): { reason: PhaseReason | undefined; reasons: Reason[] } {
  const retired = (variant: Variant) => before.variants.some(({ id, retiredAt }) => id === variant.id && !retiredAt)
  const added = after.variants.filter(({ id }) => before.variants.every((variant) => variant.id !== id))
  const gone = after.variants.filter((variant) => variant.retiredAt && retired(variant))
  const [old, now] = [weightsByKey(before), weightsByKey(after)]
  const differs = (field: 'condition' | 'activeHours') => !isDeepStrictEqual(before[field], after[field])
  const found: { reason: PhaseReason; because: Reason }[] = []
  const note = (reason: PhaseReason, because: Reason) => found.push({ reason, because })
  if (added.length > 0) note('variants', { code: 'VARIANTS_ADDED', variants: added.map(({ key }) => key) })
  if (gone.length > 0) note('variants', { code: 'VARIANTS_RETIRED', variants: gone.map(({ key }) => key) })
  if (differs('condition')) note('targeting', { code: 'CONDITION' })
  if (differs('activeHours')) note('targeting', { code: 'ACTIVE_HOURS' })
  if (!isDeepStrictEqual(old, now)) note('weights', { code: 'WEIGHTS', weights: now })
  if (before.coverage !== after.coverage)
    note('coverage', { code: 'COVERAGE', from: before.coverage, to: after.coverage })
  const floors = boundsChanged(before, after, 'floor')
  const ceilings = boundsChanged(before, after, 'ceiling')
  return {
    reason: found[0]?.reason,
    // These bind the bandit's next update and move nobody now: written down, but no phase.
    reasons: [
      ...found.map((difference) => difference.because),
      ...(Object.keys(floors).length > 0 ? [{ code: 'FLOORS', floors } as const] : []),
      ...(Object.keys(ceilings).length > 0 ? [{ code: 'CEILINGS', ceilings } as const] : []),
    ],
  }
}

/** Variant key → its least or largest share, of those that took part before and have another one now. */
function boundsChanged(before: Experiment, after: Experiment, bound: 'floor' | 'ceiling'): Record<string, number> {
  const old = new Map(before.variants.map((variant) => [variant.id, variant[bound]]))
  return Object.fromEntries(
    liveVariants(after).flatMap(({ id, key, [bound]: share }) =>
      old.has(id) && old.get(id) !== share ? [[key, share]] : [],
    ),
  )
}
