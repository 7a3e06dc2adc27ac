import type { Told } from '@espalier/core'
import { askApproval, tellRetired } from '../announce.ts'
import { retire, standingsOf } from '../brain/index.ts'
import type { MeasuredArm } from '../readArms.ts'
import { count, percent, said } from '../said.ts'
import type { Outcome, Turn } from '../turn.ts'
import type { AnalysisParts } from './analysisSteps.ts'
import { waitsFor, withdrawWaiting } from './waitingSteps.ts'

/** Why a variant is to go: worse than another with confidence, past its time, or surely worse than the original on its way in. */
interface Leaving {
  readonly key: string
  readonly variantId: string
  readonly reason: 'worse' | 'old' | 'harmful'
  readonly visitors: number
  readonly chanceToBeBest: number
  readonly chanceToBeatControl: number
}

/** Variants that are worse with confidence are switched off and archived; in the mode "approve" once a person says yes. */
export async function retireStep(turn: Turn, all: readonly MeasuredArm[], parts: AnalysisParts): Promise<Outcome> {
  const { context, loop, page, run } = turn
  const live = all.filter(({ isRetired }) => !isRetired)
  const leaving = leavingArms(live, (run.state as { out?: string[] } | null)?.out ?? [])
  return {
    next: 'record',
    state: {},
    write: async (writing) => {
      const { tx, note } = writing
      await withdrawWaiting(
        context,
        writing,
        page.id,
        'retirement',
        loop.mode === 'approve' ? leaving.map(({ key }) => key) : [],
      )
      for (const own of leaving) {
        const { key: variantKey, variantId } = own
        const summary = summaryOf(own)
        const undo = { kind: 'retirement', variantId, variantKey } as const
        if (loop.mode === 'automatic') {
          await parts.changes.retire(tx, { page, loop }, { variantId, variantKey }, summary.en)
          const stepId = await note({ kind: 'retirement', variantKey, summary, evidence: own, undo })
          await tellRetired(tx, [page, run, summary], { stepId, variantId, variantKey })
        } else if (!(await waitsFor(tx, page.id, 'retirement', variantKey))) {
          const stepId = await note({ kind: 'retirement', status: 'waiting', variantKey, summary, evidence: own, undo })
          await askApproval(tx, [page, run, summary], { stepId, kind: 'retirement', variantKey })
        }
      }
    },
  }
}

/** @param out keys of those that the ramp lets go */
function leavingArms(live: readonly MeasuredArm[], out: readonly string[]): Leaving[] {
  const worse = retire(live)
  const standings = standingsOf(live)
  const harmful = live
    .filter(({ key, isControl }) => out.includes(key) && !isControl && worse.every((other) => other.key !== key))
    .map(({ key, variantId, visitors }): Leaving => {
      const standing = standings.find(({ arm }) => arm.key === key)
      const { chanceToBeBest = 0, chanceToBeatControl = 0 } = standing ?? {}
      return { key, variantId, reason: 'harmful', visitors, chanceToBeBest, chanceToBeatControl }
    })
  return [...worse, ...harmful]
}

function summaryOf({ key, reason, visitors, chanceToBeBest, chanceToBeatControl }: Leaving): Told {
  const [seen, best, beats] = [count(visitors), percent(chanceToBeBest), percent(chanceToBeatControl)]
  switch (reason) {
    case 'worse':
      return said(
        `“${key}” is switched off: after ${seen.en} visitors the chance that it is the best is ${best.en}.`,
        `« ${key} » est retirée : après ${seen.fr} visiteurs, la probabilité qu’elle soit la meilleure est de ${best.fr}.`,
      )
    case 'old':
      return said(
        `“${key}” makes room: it had its time, and after ${seen.en} visitors the chance that it is the best is ${best.en}.`,
        `« ${key} » laisse la place : elle a eu son temps et, après ${seen.fr} visiteurs, la probabilité qu’elle soit la meilleure est de ${best.fr}.`,
      )
    case 'harmful':
      return said(
        `“${key}” is taken back: after ${seen.en} visitors the chance that it beats the original is ${beats.en}.`,
        `« ${key} » est reprise : après ${seen.fr} visiteurs, la probabilité qu’elle batte l’original est de ${beats.fr}.`,
      )
  }
}
