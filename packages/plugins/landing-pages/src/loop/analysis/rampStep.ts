import { sql, type Told } from '@espalier/core'
import { askApproval } from '../announce.ts'
import { type RampStep, rampCeilings, rampOf } from '../brain/index.ts'
import type { MeasuredArm } from '../readArms.ts'
import { count, percent, said } from '../said.ts'
import type { Outcome, Turn, Writing } from '../turn.ts'
import type { AnalysisParts } from './analysisSteps.ts'
import { objectionsTo } from './objections.ts'
import { waitsFor, withdrawWaiting } from './waitingSteps.ts'

/**
 * New variants get more of the traffic once they have earned it, and less where they do worse. In the mode "approve" a person says
 * yes to more; less happens at once, for every hour costs conversions.
 */
export async function rampStep(turn: Turn, all: readonly MeasuredArm[], parts: AnalysisParts): Promise<Outcome> {
  const { context, loop, page, run } = turn
  const live = all.filter(({ isRetired }) => !isRetired)
  const control = live.find(({ isControl }) => isControl)
  const looks = live
    .filter((arm) => !arm.isControl && arm.ceiling < 1)
    .map((arm) => {
      const objections = control ? objectionsTo(arm, control, (...sides) => parts.experiments.compare(...sides)) : []
      const step = rampOf(arm, arm.ceiling, live, { isHeld: objections.length > 0 })
      return { arm, step, objections }
    })
  const moves = looks.filter(({ step }) => step.decision !== 'stay')
  // They have earned more, and cost something else.
  const held = looks.filter(
    ({ arm, step, objections }) =>
      step.decision === 'stay' && objections.length > 0 && rampOf(arm, arm.ceiling, live).decision === 'promote',
  )
  const isOut = (key: string) => moves.some(({ step }) => step.key === key && step.decision === 'out')
  return {
    next: 'retire',
    state: { out: live.filter(({ key }) => isOut(key)).map(({ key }) => key) },
    write: async (writing) => {
      const promoted = moves.filter(({ step }) => step.decision === 'promote').map(({ step }) => step.key)
      // What waits from a time in which people were asked is decided here and now.
      await withdrawWaiting(context, writing, page.id, 'promotion', loop.mode === 'approve' ? promoted : [])
      for (const { arm, step, objections } of held) await hold(writing, arm, step, objections)
      for (const { arm, step, objections } of moves) {
        const evidence = {
          ...step,
          objections,
          share: arm.share,
          conversions: arm.conversions,
        }
        if (step.decision === 'promote') await promote(writing, step, evidence)
        // Out goes the next step; until a person says yes to that it gets as little as it can.
        else if (step.decision === 'demote' || loop.mode === 'approve')
          await brake(writing, { ...step, to: step.decision === 'out' ? rampCeilings[0] : step.to }, evidence)
      }
    },
  }

  async function promote({ tx, note }: Writing, step: RampStep, evidence: object): Promise<void> {
    const { key: variantKey, from, to } = step
    const undo = { kind: 'ceiling', variantKey, from, to } as const
    const summary = promotionSummary(step)
    if (loop.mode === 'automatic') {
      await parts.changes.setCeiling(tx, loop, variantKey, to)
      await note({ kind: 'promotion', variantKey, summary, evidence, undo })
      return
    }
    if (await waitsFor(tx, page.id, 'promotion', variantKey)) return
    const stepId = await note({ kind: 'promotion', status: 'waiting', variantKey, summary, evidence, undo })
    await askApproval(tx, [page, run, summary], { stepId, kind: 'promotion', variantKey })
  }

  /** Says why a variant goes no further, once at each share. */
  async function hold({ tx, note }: Writing, arm: MeasuredArm, { key: variantKey, from }: RampStep, why: Told[]) {
    const [told] = await tx.db.query(sql`
      select 1 from "PageLoopStep"
      where "pageId" = ${page.id} and "kind" = 'brake' and "variantKey" = ${variantKey}
        and "evidence" @> ${JSON.stringify({ held: true, from })}::jsonb limit 1`)
    if (told) return
    const share = percent(from)
    await note({
      kind: 'brake',
      variantKey,
      summary: said(
        `“${variantKey}” stays at ${share.en} of the visitors: ${why.map(({ en }) => en).join('; ')}.`,
        `« ${variantKey} » reste à ${share.fr} des visiteurs : ${why.map(({ fr }) => fr).join(' ; ')}.`,
      ),
      evidence: { held: true, from, objections: why, side: arm.side },
    })
  }

  async function brake({ tx, note }: Writing, step: RampStep, evidence: object): Promise<void> {
    const { key: variantKey, from, to } = step
    if (to >= from) return
    await parts.changes.setCeiling(tx, loop, variantKey, to)
    await note({
      kind: 'brake',
      variantKey,
      summary: brakeSummary(step),
      evidence,
      undo: { kind: 'ceiling', variantKey, from, to },
    })
  }
}

function promotionSummary({ key, from, to, visitors, chanceToBeatControl }: RampStep): Told {
  const [old, now, chance, seen] = [percent(from), percent(to), percent(chanceToBeatControl), count(visitors)]
  return said(
    `“${key}” may get up to ${now.en} of the visitors instead of ${old.en}: after ${seen.en} visitors nothing says that it does worse (it beats the original with a chance of ${chance.en}).`,
    `« ${key} » peut recevoir jusqu’à ${now.fr} des visiteurs au lieu de ${old.fr} : après ${seen.fr} visiteurs, rien n’indique qu’elle fait moins bien (elle bat l’original avec une probabilité de ${chance.fr}).`,
  )
}

function brakeSummary({ key, from, to, visitors, chanceToBeatControl }: RampStep): Told {
  const [old, now, chance, seen] = [percent(from), percent(to), percent(1 - chanceToBeatControl), count(visitors)]
  return said(
    `“${key}” gets at most ${now.en} of the visitors instead of ${old.en}: after ${seen.en} visitors it does worse than the original with a chance of ${chance.en}.`,
    `« ${key} » reçoit au plus ${now.fr} des visiteurs au lieu de ${old.fr} : après ${seen.fr} visiteurs, elle fait moins bien que l’original avec une probabilité de ${chance.fr}.`,
  )
}
