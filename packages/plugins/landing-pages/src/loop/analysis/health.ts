import type { Told } from '@espalier/core'
import type { Experiments } from '@espalier/experiments'
import { count, percent, said } from '../said.ts'

type ExperimentHealth = Awaited<ReturnType<Experiments['results']['health']>>

export interface LoopProblem {
  /** Stable. */
  readonly code: 'SAMPLE_RATIO' | 'BOTS' | 'INGESTION_LAG' | 'EXPERIMENT_STOPPED' | 'PAGE_NOT_PUBLIC'
  readonly summary: Told
}

/** Views by crawlers for each visitor that is counted, from which on those that nobody recognized are believed to count, too. */
const mostBots = 1

/** Share of the exposures that came to be known more than an hour late: what is decided now would be decided on old figures. */
const mostLate = 0.1

/** Fewer say nothing. */
const least = 100

/** Why the figures of an experiment are not to be decided by; undefined where they are. */
export function problemOf(health: ExperimentHealth, exposures: number): LoopProblem | undefined {
  const { sampleRatio, bots, late } = health
  if (sampleRatio.alarm) {
    const p = sampleRatio.pValue?.toExponential(1) ?? '0'
    return {
      code: 'SAMPLE_RATIO',
      summary: said(
        `The variants did not get their shares of the visitors (p = ${p}), so their results cannot be compared. Nothing is changed. Look at the health of the experiment.`,
        `Les variantes n’ont pas reçu leur part des visiteurs (p = ${p}) : leurs résultats ne se comparent pas. Rien n’est modifié. Consultez la santé de l’expérience.`,
      ),
    }
  }
  if (bots >= least && bots > mostBots * exposures) {
    const [views, visitors] = [count(bots), count(exposures)]
    return {
      code: 'BOTS',
      summary: said(
        `${views.en} views by crawlers stand beside ${visitors.en} visitors: some that nobody recognized may count among them. Nothing is changed.`,
        `${views.fr} vues par des robots pour ${visitors.fr} visiteurs : certains, non reconnus, peuvent être comptés parmi eux. Rien n’est modifié.`,
      ),
    }
  }
  if (late >= least && late > mostLate * exposures) {
    const share = percent(late / exposures)
    return {
      code: 'INGESTION_LAG',
      summary: said(
        `${share.en} of the visitors came to be known more than an hour late. Nothing is changed until the figures are up to date.`,
        `${share.fr} des visiteurs ont été connus avec plus d’une heure de retard. Rien n’est modifié tant que les chiffres ne sont pas à jour.`,
      ),
    }
  }
  return undefined
}
