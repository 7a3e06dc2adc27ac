import { plural, type SqlContext, sql } from '@espalier/core'
import { wilsonInterval } from '@espalier/experiments/statistics'
import type { ActionType } from './feedback.ts'

export interface CalibrationQuestion {
  /** Default: all. */
  readonly actionType?: ActionType | null
  /** Predictions recorded from then on, and before `until`. Default: all that are kept. */
  readonly from?: Date | null
  readonly until?: Date | null
}

/** How well the confidence of predictions fits with what came. */
export interface Calibration {
  /** Settled predictions that said how sure they were. */
  readonly predictions: number
  /** Mean of (confidence − came true)²: 0 is perfect, 0.25 is what always saying 0.5 earns. Null without a prediction. */
  readonly brierScore: number | null
  /** Σ share of the predictions × |mean confidence − share that came true| over the bins. Null without a prediction. */
  readonly calibrationError: number | null
  /** Those with predictions, from the least sure to the surest. */
  readonly bins: readonly ReliabilityBin[]
  /** What to make of it. */
  readonly notesEn: string
  readonly notesFr: string
}

export interface ReliabilityBin {
  /** Confidences from (included) to (excluded, but 1 in the last). */
  readonly from: number
  readonly to: number
  readonly predictions: number
  readonly meanConfidence: number
  /** Share that came true, and Wilson's interval of it at 95 %. */
  readonly cameTrue: number
  readonly lower: number
  readonly upper: number
}

/** Bins of the reliability diagram, of equal width. */
const binCount = 10
/** Fewer say nothing: the interval of a bin would cover most of the scale. */
const leastForClaim = 20
const anything = { lower: 0, upper: 1 }

/**
 * A prediction comes true when the outcome is the one that it named in `predicted.outcome`; without one it said "positive".
 *
 * Sources: Brier (1950), Monthly Weather Review 78, 1-3; bins as in Guo et al. (2017), "On Calibration of Modern Neural
 * Networks", ICML, §2 (expected calibration error).
 */
export async function calibrationOf(
  context: SqlContext,
  { actionType = null, from = null, until = null }: CalibrationQuestion,
): Promise<Calibration> {
  const rows = await context.db.query<BinRow>(sql`
    select least(floor("confidence" * ${binCount}), ${binCount - 1})::int as "bin", count(*)::int as "predictions",
      sum("confidence") as "confidence", (count(*) filter (where "true"))::int as "true",
      sum(("confidence" - "true"::int) ^ 2) as "squares"
    from (
      select "confidence", "outcome" = coalesce("predicted"->>'outcome', 'positive') as "true" from "Feedback"
      where "confidence" is not null and "predicted" is not null and "outcome" is not null
        and (${actionType}::text is null or "actionType" = ${actionType})
        and (${from}::timestamptz is null or "createdAt" >= ${from})
        and (${until}::timestamptz is null or "createdAt" < ${until})
    ) as "settled"
    group by 1 order by 1`)
  return calibration(rows)
}

interface BinRow {
  readonly bin: number
  readonly predictions: number
  /** Sum. */
  readonly confidence: number
  readonly true: number
  readonly squares: number
}

function calibration(rows: readonly BinRow[]): Calibration {
  const predictions = total(rows, 'predictions')
  const bins = rows.map((row): ReliabilityBin => {
    const { lower, upper } = wilsonInterval({ exposures: row.predictions, conversions: row.true }) ?? anything
    return {
      from: row.bin / binCount,
      to: (row.bin + 1) / binCount,
      predictions: row.predictions,
      meanConfidence: row.confidence / row.predictions,
      cameTrue: row.true / row.predictions,
      lower,
      upper,
    }
  })
  const known = predictions > 0
  return {
    predictions,
    brierScore: known ? total(rows, 'squares') / predictions : null,
    calibrationError: known
      ? bins.reduce((sum, bin) => sum + bin.predictions * Math.abs(bin.meanConfidence - bin.cameTrue), 0) / predictions
      : null,
    bins,
    ...notes(predictions, total(rows, 'confidence'), total(rows, 'true')),
  }
}

/** Whether predictions are too sure or too modest as a whole: what interval the share that came true has around it says. */
function notes(predictions: number, confidence: number, cameTrue: number): { notesEn: string; notesFr: string } {
  if (predictions < leastForClaim)
    return {
      notesEn: `${predictions} settled ${plural.en(predictions, 'prediction', 'predictions')} with a confidence: too few to say how well it fits. ${leastForClaim} are needed.`,
      notesFr: `${predictions} ${plural.fr(predictions, 'prédiction réglée', 'prédictions réglées')} avec un niveau de confiance : trop peu pour juger. Il en faut ${leastForClaim}.`,
    }
  const mean = confidence / predictions
  const rate = cameTrue / predictions
  const { lower, upper } = wilsonInterval({ exposures: predictions, conversions: cameTrue }) ?? anything
  const english = `${percent(mean, 'en')} sure on average, and ${percent(rate, 'en')} came true (95 % interval: ${percent(lower, 'en')} to ${percent(upper, 'en')}).`
  const french = `Confiance moyenne : ${percent(mean, 'fr')} ; ${percent(rate, 'fr')} se sont réalisées (intervalle à 95 % : de ${percent(lower, 'fr')} à ${percent(upper, 'fr')}).`
  if (mean > upper)
    return {
      notesEn: `Predictions are too sure: ${english} Take their confidence as lower than they say.`,
      notesFr: `Les prédictions sont trop sûres d’elles. ${french} Leur confiance est à revoir à la baisse.`,
    }
  if (mean < lower)
    return {
      notesEn: `Predictions are too modest: ${english} More comes true than they say.`,
      notesFr: `Les prédictions sont trop prudentes. ${french} Il s’en réalise plus qu’elles ne l’annoncent.`,
    }
  return {
    notesEn: `On the whole, confidence fits with what came: ${english}`,
    notesFr: `Dans l’ensemble, la confiance correspond à ce qui s’est produit. ${french}`,
  }
}

function percent(share: number, language: 'en' | 'fr'): string {
  return new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 }).format(share)
}

function total(rows: readonly BinRow[], key: 'predictions' | 'confidence' | 'true' | 'squares'): number {
  return rows.reduce((sum, row) => sum + row[key], 0)
}
