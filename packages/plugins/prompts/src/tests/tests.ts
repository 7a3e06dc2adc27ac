import {
  checkInput,
  InvalidInputError,
  NotFoundError,
  type SqlContext,
  sql,
  type WorkspaceContext,
} from '@espalier/core'
import type { Experiments } from '@espalier/experiments'
import { v7 as uuidv7 } from 'uuid'
import { conflict } from '../errors.ts'
import { lockPrompt } from '../registry/lockPrompt.ts'
import type { Registry } from '../registry/registry.ts'
import {
  findRunningTest,
  nameOf,
  refuseUnreadable,
  type StoredPrompt,
  type StoredTest,
  type StoredVariant,
} from '../registry/storedPrompt.ts'
import type { ScoredExecution } from '../scores/scores.ts'
import type { PromptSettings } from '../settings.ts'
import { testEnded } from './events.ts'
import { settleTest } from './jobs.ts'
import { type Performance, performanceInTest } from './performance.ts'
import { ensureQualityMetric, reportQuality, subjectIn } from './qualityMetric.ts'
import { type TestInput, testInput } from './testInput.ts'

export interface TestParts {
  readonly experiments: Experiments
  readonly registry: Registry
  readonly settings: (context: SqlContext) => Promise<PromptSettings>
}

/** Why a test ended. */
export type TestReason = 'significant' | 'inconclusive' | 'tooFewScores' | 'unhealthy' | 'decided' | 'canceled'

/** A/B tests between what a prompt says today and another variant; the experiments plugin assigns, counts and judges. */
export class Tests {
  readonly #parts: TestParts

  constructor(parts: TestParts) {
    this.#parts = parts
  }

  /** A draft, against the variant that is active in the treatment's language. @throws InvalidInputError, NotFoundError, ConflictError */
  async create(context: WorkspaceContext, input: TestInput): Promise<StoredTest> {
    const { promptId, treatmentVariantId, ...rest } = checkInput(testInput, input)
    return context.transaction(async (tx) => {
      const prompt = await this.#parts.registry.get(tx, promptId)
      const treatment = await tx.db.prisma.promptVariant.findFirst({ where: { id: treatmentVariantId, promptId } })
      if (!treatment)
        throw InvalidInputError.of('input.treatmentVariantId', 'NOT_FOUND', {
          en: `"${treatmentVariantId}" is no variant of "${prompt.name}". Take one of its drafts or retired variants.`,
          fr: `« ${treatmentVariantId} » n’est pas une variante de « ${prompt.name} ». Prenez l’un de ses brouillons ou une variante retirée.`,
        })
      const { language } = treatment
      const control = await tx.db.prisma.promptVariant.findFirst({ where: { promptId, language, status: 'active' } })
      if (!control) throw conflict('NO_ACTIVE_VARIANT', prompt.name, language)
      if (control.id === treatment.id) throw conflict('TREATMENT_NOT_DRAFT', nameOf(prompt, treatment))
      const made = await tx.db.prisma.promptTest.create({
        data: {
          ...{ ...rest, id: uuidv7(), promptId, language, createdAt: tx.clock.now() },
          ...{ controlVariantId: control.id, treatmentVariantId },
        },
      })
      tx.audit({ resourceType: 'PromptTest', resourceId: made.id, after: made })
      return made
    })
  }

  /** From draft to running: some subjects get the treatment from now on. @throws NotFoundError, ConflictError */
  async start(context: WorkspaceContext, id: string): Promise<StoredTest> {
    return context.transaction(async (tx) => {
      const { test, prompt } = await this.#lock(tx, id)
      if (test.status !== 'draft') throw conflict('TEST_NOT_DRAFT', test.name, test.status)
      const running = await findRunningTest(tx, test)
      if (running) throw conflict('TEST_RUNS', running.name, test.language)
      const control = await getVariant(tx, test.controlVariantId)
      const treatment = await getVariant(tx, test.treatmentVariantId)
      if (control.status !== 'active') throw conflict('CONTROL_NOT_ACTIVE', nameOf(prompt, control))
      if (treatment.status === 'active') throw conflict('TREATMENT_NOT_DRAFT', nameOf(prompt, treatment))
      refuseUnreadable(prompt, treatment)
      const { experiments } = this.#parts
      const experiment = await experiments.create(
        tx,
        experimentInput(test, prompt, await ensureQualityMetric(tx, experiments)),
      )
      await experiments.start(tx, experiment.id)
      const [controlArm, treatmentArm] = experiment.variants
      return this.#change(tx, test, {
        ...{ status: 'running', startedAt: tx.clock.now(), experimentId: experiment.id },
        ...{ controlArmId: controlArm?.id ?? null, treatmentArmId: treatmentArm?.id ?? null },
      })
    })
  }

  /** Ends a test without a winner; the control stays. @throws NotFoundError, ConflictError when it has ended */
  async cancel(context: WorkspaceContext, id: string): Promise<StoredTest> {
    return context.transaction(async (tx) => {
      const { test } = await this.#lock(tx, id)
      if (test.status === 'draft')
        return this.#change(tx, test, { status: 'canceled', reason: 'canceled', endedAt: tx.clock.now() })
      if (test.status !== 'running') throw conflict('TEST_OVER', test.name, test.status)
      return this.#end(tx, test, { reason: 'canceled', winner: null })
    })
  }

  /** Tells the experiment of a test about a score of one of its executions; within the score's transaction. */
  async scored(tx: SqlContext, execution: ScoredExecution): Promise<void> {
    const { testId, subject, variantId } = execution
    if (testId === null || subject === null) return
    const [test] = await tx.db.query<{
      experimentId: string
      treatmentVariantId: string
      controlArmId: string
      treatmentArmId: string
    }>(sql`
      select "experimentId", "treatmentVariantId", "controlArmId", "treatmentArmId" from "PromptTest"
      where "id" = ${testId} and "status" = 'running'`)
    if (!test) return
    const armId = variantId === test.treatmentVariantId ? test.treatmentArmId : test.controlArmId
    await tx.enqueue(settleTest, { testId })
    const { experiments } = this.#parts
    await reportQuality(
      tx,
      experiments,
      { experimentId: test.experimentId, armId, subject: subjectIn(testId, subject) },
      execution,
    )
  }

  /**
   * Looks at a running test, and ends it where the experiment has reached a verdict, somebody has ended it, or its days are over.
   *
   * @returns the test as it is then
   */
  async settle(context: WorkspaceContext, id: string): Promise<StoredTest> {
    return context.transaction(async (tx) => {
      const { test } = await this.#lock(tx, id)
      const { experiments } = this.#parts
      if (test.status !== 'running' || !test.experimentId) return test
      const experiment = await experiments.get(tx, test.experimentId)
      if (experiment.status === 'completed' || experiment.status === 'archived')
        return this.#end(tx, test, { reason: 'decided', winner: winnerOf(experiment.winner) })
      const verdict = await experiments.verdicts.of(tx, experiment)
      if (verdict.state === 'winner' || verdict.state === 'loser') {
        await experiments.verdicts.determine(tx, experiment.id)
        return this.#end(tx, test, { reason: 'significant', winner: winnerOf(verdict.variant) })
      }
      const isOver = tx.clock.now().getTime() - (test.startedAt?.getTime() ?? 0) >= test.maxDays * 86_400_000
      if (!isOver && verdict.state !== 'inconclusive') return test
      await experiments.verdicts.determine(tx, experiment.id)
      return this.#end(tx, test, { reason: reasonOf(verdict), winner: null })
    })
  }

  /** Looks at every test of the workspace that runs. One that fails does not hold up the others. */
  async settleAll(context: WorkspaceContext): Promise<{ looked: number; ended: number; failed: number }> {
    const running = await context.db.prisma.promptTest.findMany({ where: { status: 'running' }, select: { id: true } })
    const outcome = { looked: running.length, ended: 0, failed: 0 }
    for (const { id } of running)
      try {
        if ((await this.settle(context, id)).status !== 'running') outcome.ended += 1
      } catch (error) {
        context.log.error({ err: error, testId: id }, 'A test of a prompt could not be settled')
        outcome.failed += 1
      }
    return outcome
  }

  /** Looks at the test that an experiment belongs to, where it belongs to one that runs. */
  async settleOf(context: WorkspaceContext, experimentId: string): Promise<void> {
    const where = { experimentId, status: 'running' }
    const test = await context.db.prisma.promptTest.findFirst({ where, select: { id: true } })
    if (test) await this.settle(context, test.id)
  }

  /** How the control and the treatment do in a test, so far or until it ended. */
  async performance(context: SqlContext, test: StoredTest): Promise<{ control: Performance; treatment: Performance }> {
    return {
      control: await performanceInTest(context, test.id, test.controlVariantId),
      treatment: await performanceInTest(context, test.id, test.treatmentVariantId),
    }
  }

  async #end(
    tx: WorkspaceContext,
    test: StoredTest,
    { reason, winner }: { reason: TestReason; winner: 'control' | 'treatment' | null },
  ): Promise<StoredTest> {
    const { experiments, registry, settings } = this.#parts
    const experiment = await experiments.get(tx, test.experimentId as string)
    const pValue = await this.#pValue(tx, experiment)
    if (experiment.status === 'running' || experiment.status === 'paused')
      await experiments.complete(tx, experiment.id, winner)
    const winnerVariantId =
      winner === null ? null : winner === 'treatment' ? test.treatmentVariantId : test.controlVariantId
    const { control, treatment } = await this.performance(tx, test)
    const after = await this.#change(tx, test, {
      ...{
        status: reason === 'canceled' ? 'canceled' : 'completed',
        reason,
        pValue,
        winnerVariantId,
        endedAt: tx.clock.now(),
      },
      ...{ controlMetrics: control, treatmentMetrics: treatment },
    })
    if (winner === 'treatment' && (await settings(tx)).testWinners === 'activate')
      await registry.activate(tx, test.treatmentVariantId)
    await tx.publish(testEnded, {
      ...{ testId: test.id, promptId: test.promptId, name: test.name, language: test.language },
      ...{ reason, pValue, winnerVariantId },
    })
    return after
  }

  /** Of the comparison that decides: of the one look, or valid at any time. */
  async #pValue(tx: WorkspaceContext, experiment: Awaited<ReturnType<Experiments['get']>>): Promise<number | null> {
    const { metrics } = await this.#parts.experiments.results.of(tx, experiment)
    const comparison = metrics[0]?.variants[1]?.comparison
    return comparison?.fixed.adjustedPValue ?? comparison?.sequential.adjustedPValue ?? null
  }

  async #change(tx: WorkspaceContext, before: StoredTest, data: object): Promise<StoredTest> {
    const after = await tx.db.prisma.promptTest.update({
      where: { workspaceId_id: { workspaceId: tx.workspaceId, id: before.id } },
      data,
    })
    tx.audit({ resourceType: 'PromptTest', resourceId: before.id, before, after })
    return after
  }

  /** The test as it is, with its prompt, held until the transaction ends. */
  async #lock(tx: WorkspaceContext, id: string): Promise<{ test: StoredTest; prompt: StoredPrompt }> {
    const find = () => tx.db.prisma.promptTest.findFirst({ where: { id } })
    const found = await find()
    if (!found) throw new NotFoundError('PromptTest', id)
    const prompt = await this.#parts.registry.get(tx, found.promptId)
    await lockPrompt(tx, prompt.name)
    return { test: (await find()) ?? found, prompt }
  }
}

function experimentInput(
  test: StoredTest,
  prompt: StoredPrompt,
  metricId: string,
): Parameters<Experiments['create']>[1] {
  const { minSampleSize, maxDays, significanceLevel, controlShare, oneLook } = test
  return {
    key: `prompt-test-${test.id}`,
    name: `${test.name} (${prompt.name})`.slice(0, 120),
    hypothesis: `Another wording of the prompt "${prompt.name}" does better in "${test.language}".`,
    goals: [{ metricId, role: 'goal' }],
    variants: [
      { key: 'control', name: 'Control', weight: controlShare },
      { key: 'treatment', name: 'Treatment', weight: 1 - controlShare },
    ],
    rules: {
      confidence: 1 - significanceLevel,
      ...{ minExposures: minSampleSize, minClicks: 0, minConversions: 0, minDays: 0, maxDays },
      ...{ plannedSubjects: oneLook ? minSampleSize : null, correction: 'none', autoApply: false },
    },
  }
}

async function getVariant(tx: WorkspaceContext, id: string): Promise<StoredVariant> {
  const variant = await tx.db.prisma.promptVariant.findFirst({ where: { id } })
  if (!variant) throw new NotFoundError('PromptVariant', id)
  return variant
}

function winnerOf(key: string | null): 'control' | 'treatment' | null {
  return key === 'control' || key === 'treatment' ? key : null
}

/** Why nobody won, from what the experiment says. */
function reasonOf({ state, reasons }: { state: string; reasons: readonly { code: string }[] }): TestReason {
  if (state === 'unhealthy') return 'unhealthy'
  return reasons.some(({ code }) => code === 'TOO_FEW_SUBJECTS') ? 'tooFewScores' : 'inconclusive'
}
