import type { Told } from '@espalier/core'
import type { Experiments } from '@espalier/experiments'
import { moreBounces } from '../../rollout/guardrails.ts'
import { turnedPoor } from '../../rollout/vitals.ts'
import type { MeasuredArm } from '../readArms.ts'
import { said } from '../said.ts'

/** Visits that each side needs before bounces say anything. */
const minVisits = 100

/** What a variant costs beside conversions, in words: a Core Web Vital that has turned from good to poor, more visits that bounce. */
export function objectionsTo(
  arm: Pick<MeasuredArm, 'side'>,
  control: Pick<MeasuredArm, 'side'>,
  compare: Experiments['compare'],
): Told[] {
  const figures = { baseline: control.side, candidate: arm.side }
  return [
    ...turnedPoor(control.side.vitals, arm.side.vitals).map((en) =>
      said(en, 'une mesure de vitesse ou de stabilité (Core Web Vitals) est passée de bonne à mauvaise'),
    ),
    ...moreBounces(figures, minVisits, (...sides) => compare(...sides)).map((en) =>
      said(en, 'davantage de visites restent sans suite'),
    ),
  ]
}
