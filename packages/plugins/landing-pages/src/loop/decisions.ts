import { ConflictError, NotFoundError, type SqlContext, sql, type Told, type WorkspaceContext } from '@espalier/core'
import type { PageContent } from '../content.ts'
import { endApproval } from './analysis/waitingSteps.ts'
import { tellIntroduced, tellRetired } from './announce.ts'
import type { ArmChanges } from './armChanges.ts'
import { pageLoopChanged } from './events.ts'
import { introductionSummary } from './generation/generationWords.ts'
import type { Reason } from './generation/reason.ts'
import { getLoop, lockPage, readShownVersions } from './loopRows.ts'
import type { LoopRules } from './rules.ts'
import type { Loop, Undo } from './run.ts'
import { percent, said } from './said.ts'
import { writeStep } from './stepLog.ts'
import type { LoopPage } from './turn.ts'

export interface DecisionsParts {
  readonly changes: ArmChanges
  readonly rulesOf: (context: SqlContext, loop: Loop) => Promise<LoopRules>
  /** Looks at a proposed version again: the page and the rules may have changed while it waited. */
  readonly check: (
    where: { context: WorkspaceContext; page: LoopPage; rules: LoopRules },
    proposed: { content: unknown; parentVariantId: string },
  ) => Promise<readonly Reason[]>
}

/** A step with the page and the loop that it belongs to, all of them held. */
interface Held {
  readonly step: {
    readonly id: string
    readonly runId: string
    readonly pageId: string
    readonly kind: string
    readonly status: string
    readonly variantKey: string | null
    readonly summaryEn: string
    readonly summaryFr: string
    readonly undo: unknown
  }
  readonly page: LoopPage
  readonly loop: Loop
}

/** What a person says to the steps of a loop: yes, no, and take that back. */
export class Decisions {
  readonly #parts: DecisionsParts

  constructor(parts: DecisionsParts) {
    this.#parts = parts
  }

  /** Does what the step asked for. @throws NotFoundError, ConflictError for one that does not wait, and where it cannot be done any more */
  async approve(context: WorkspaceContext, stepId: string): Promise<void> {
    await context.transaction(async (tx) => {
      const held = await hold(tx, stepId)
      refuseDecided(held)
      const undo = await this.#carryOut(tx, held)
      const variantKey = 'variantKey' in undo ? undo.variantKey : held.step.variantKey
      await tx.db.query(sql`
        update "PageLoopStep" set "status" = 'done', "undo" = ${JSON.stringify(undo)}::jsonb, "variantKey" = ${variantKey}
        where "id" = ${stepId}`)
      await decided(tx, held, 'done')
    })
  }

  /** Leaves it undone. @throws NotFoundError, ConflictError for one that does not wait */
  async reject(context: WorkspaceContext, stepId: string): Promise<void> {
    await context.transaction(async (tx) => {
      const held = await hold(tx, stepId)
      refuseDecided(held)
      const undo = held.step.undo as Undo
      if (undo.kind === 'introduction' && undo.candidateId)
        await decideCandidate(tx, undo.candidateId, { status: 'rejected' })
      await tx.db.query(sql`update "PageLoopStep" set "status" = 'rejected' where "id" = ${stepId}`)
      await decided(tx, held, 'rejected')
    })
  }

  /**
   * Takes back what a step did: a new variant is switched off and archived, one that was switched off comes back as a new variant
   * of the same content, a share may grow as far as before.
   *
   * @throws NotFoundError, ConflictError for one that changed nothing, and where it cannot be undone any more
   */
  async undo(context: WorkspaceContext, stepId: string): Promise<void> {
    await context.transaction(async (tx) => {
      const held = await hold(tx, stepId)
      const { step, page } = held
      if (step.status === 'waiting')
        throw new ConflictError({
          en: 'The step waits for a yes or no, and has done nothing yet. Reject it instead.',
          fr: 'L’étape attend un oui ou un non, et n’a encore rien fait. Refusez-la plutôt.',
        })
      if (step.status !== 'done')
        throw new ConflictError({
          en: `The step is ${step.status}: there is nothing to undo.`,
          fr: `L’étape n’a rien fait : il n’y a rien à annuler.`,
        })
      if (step.undo === null)
        throw new ConflictError({
          en: 'The step changed nothing that visitors see: there is nothing to undo.',
          fr: 'L’étape n’a rien changé de ce que voient les visiteurs : il n’y a rien à annuler.',
        })
      const summary = await this.#takeBack(tx, held)
      await tx.db.query(sql`
        update "PageLoopStep" set "status" = 'undone', "undoneAt" = ${tx.clock.now()}, "undoneByName" = ${tx.principal.name}
        where "id" = ${stepId}`)
      await writeStep(
        tx,
        { id: step.runId, pageId: page.id },
        {
          kind: 'undo',
          variantKey: step.variantKey,
          summary,
          evidence: { stepId, kind: step.kind },
        },
      )
    })
  }

  /** @returns what it takes to undo it */
  async #carryOut(tx: WorkspaceContext, { step, page, loop }: Held): Promise<Undo> {
    const asked = step.undo as Undo
    const { changes, rulesOf } = this.#parts
    const run = { id: step.runId }
    const rules = await rulesOf(tx, loop)
    if (asked.kind === 'ceiling') {
      await changes.setCeiling(tx, loop, asked.variantKey, asked.to, asked.from)
      return asked
    }
    if (asked.kind === 'retirement') {
      const { variantId, variantKey } = asked
      const summary = said(step.summaryEn, step.summaryFr)
      await changes.retire(tx, { page, loop }, asked, step.summaryEn)
      await tellRetired(tx, [page, run, summary], { stepId: step.id, variantId, variantKey })
      return asked
    }
    const candidate = await tx.db.prisma.pageCandidate.findFirst({ where: { id: asked.candidateId ?? '' } })
    if (!candidate) throw new NotFoundError('proposed version', asked.candidateId ?? '')
    const { content, parentVariantId, origin } = candidate
    const reasons = await this.#parts.check({ context: tx, page, rules }, { content, parentVariantId })
    if (reasons.length > 0)
      throw new ConflictError({
        en: `The page or its rules have changed, and the version does not keep them any more. ${reasons.map(({ en }) => en).join(' ')} Reject it.`,
        fr: `La page ou ses règles ont changé, et la version ne les respecte plus. ${reasons.map(({ fr }) => fr).join(' ')} Refusez-la.`,
      })
    const made = { content: content as unknown as PageContent, parentVariantId }
    const { variantId, variantKey } = await changes.introduce(tx, { page, loop, rules }, made)
    await decideCandidate(tx, candidate.id, { status: 'accepted', variantId })
    const parentKey = page.variants.find(({ id }) => id === parentVariantId)?.key
    const summary = introductionSummary(variantKey, origin, parentKey, rules.newArmShare)
    await tx.db.query(sql`
      update "PageLoopStep" set "summaryEn" = ${summary.en}, "summaryFr" = ${summary.fr} where "id" = ${step.id}`)
    await tellIntroduced(tx, [page, run, summary], { stepId: step.id, variantId, variantKey })
    return { ...asked, variantId, variantKey }
  }

  async #takeBack(tx: WorkspaceContext, { step, page, loop }: Held): Promise<Told> {
    const done = step.undo as Undo
    const { changes, rulesOf } = this.#parts
    const run = { id: step.runId }
    const { variantKey } = done
    if (done.kind === 'ceiling') {
      await changes.setCeiling(tx, loop, variantKey, done.from, done.to)
      const now = percent(done.from)
      return said(
        `Undone: “${variantKey}” may get up to ${now.en} of the visitors, as before.`,
        `Annulé : « ${variantKey} » peut recevoir jusqu’à ${now.fr} des visiteurs, comme avant.`,
      )
    }
    const { variantId } = done
    if (done.kind === 'introduction') {
      const summary = said(
        `Undone: “${variantKey}” is switched off and archived.`,
        `Annulé : « ${variantKey} » est retirée et archivée.`,
      )
      await changes.retire(tx, { page, loop }, { variantId, variantKey }, 'Somebody took it back.')
      if (done.candidateId) await decideCandidate(tx, done.candidateId, { status: 'undone' })
      await tellRetired(tx, [page, run, summary], { stepId: step.id, variantId, variantKey })
      return summary
    }
    const content = (await readShownVersions(tx, page.id)).get(variantId)
    if (!content)
      throw new ConflictError({
        en: `What "${variantKey}" said is not kept any more. It cannot come back.`,
        fr: `Ce que disait « ${variantKey} » n’est plus conservé. Cette version ne peut pas revenir.`,
      })
    const rules = await rulesOf(tx, loop)
    const back = await changes.introduce(tx, { page, loop, rules }, { content, parentVariantId: variantId })
    const summary = said(
      `Undone: what “${variantKey}” said is back as “${back.variantKey}”.`,
      `Annulé : ce que disait « ${variantKey} » revient sous la clé « ${back.variantKey} ».`,
    )
    await tellIntroduced(tx, [page, run, summary], { stepId: step.id, ...back })
    return summary
  }
}

async function hold(tx: WorkspaceContext, stepId: string): Promise<Held> {
  const found = await tx.db.prisma.pageLoopStep.findFirst({ where: { id: stepId }, select: { pageId: true } })
  if (!found) throw new NotFoundError('step', stepId)
  // The page first, as the loop itself does it; then the step as it is by then.
  const page = await lockPage(tx, found.pageId)
  const loop = await getLoop(tx, found.pageId)
  const step = await tx.db.prisma.pageLoopStep.findFirstOrThrow({ where: { id: stepId } })
  return { step, page, loop }
}

function refuseDecided({ step }: Held): void {
  if (step.status === 'waiting') return
  throw new ConflictError(
    step.status === 'withdrawn'
      ? {
          en: 'The step is no longer asked for: the figures say something else by now.',
          fr: 'L’étape n’est plus demandée : les chiffres disent autre chose désormais.',
        }
      : {
          en: `The step does not wait for an answer: it is ${step.status}.`,
          fr: `L’étape n’attend pas de réponse : elle est déjà tranchée.`,
        },
  )
}

async function decideCandidate(
  tx: WorkspaceContext,
  id: string,
  change: { status: 'accepted' | 'rejected' | 'undone'; variantId?: string },
): Promise<void> {
  await tx.db.prisma.pageCandidate.updateMany({
    where: { id },
    data: { ...change, decidedAt: tx.clock.now(), decidedByName: tx.principal.name },
  })
}

async function decided(tx: WorkspaceContext, { step }: Held, status: 'done' | 'rejected'): Promise<void> {
  await endApproval(tx, step.runId, tx.clock.now())
  tx.audit({ resourceType: 'PageLoopStep', resourceId: step.id, before: { status: 'waiting' }, after: { status } })
  tx.announce(pageLoopChanged, step.pageId, null)
}
