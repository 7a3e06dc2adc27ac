import { issueWords, type Told } from '@espalier/core'
import { z } from 'zod'

/** Of a workspace, for all its experiments; `rules` of an experiment take precedence (decisions/rules.ts). */
export const settings = z
  .object({
    confidence: z
      .number()
      .min(0.5)
      .max(0.999)
      .default(0.95)
      .describe('Level of intervals and of significance, from 0.5 to 0.999.'),
    attributionDays: z
      .int()
      .min(1)
      .max(365)
      .default(30)
      .describe('Days after the first exposure in which a conversion counts for an experiment, from 1 to 365.'),
    minExposures: z
      .int()
      .min(1)
      .max(100_000_000)
      .default(1_000)
      .describe('Subjects that each variant needs before there is a verdict.'),
    minClicks: z
      .int()
      .min(0)
      .max(100_000_000)
      .default(100)
      .describe('Clicks that each variant needs before there is a verdict, where clicks are among the metrics.'),
    minConversions: z
      .int()
      .min(0)
      .max(100_000_000)
      .default(30)
      .describe('Conversions that each variant needs before there is a verdict, where the goal is a conversion.'),
    minDays: z
      .int()
      .min(0)
      .max(365)
      .default(7)
      .describe('Days that an experiment runs before there is a verdict. 7 are a whole week, weekend included.'),
    maxDays: z
      .int()
      .min(1)
      .max(730)
      .default(60)
      .describe('Days of running after which an experiment that has not decided anything is inconclusive.'),
  })
  .check(({ value: { minDays, maxDays }, issues }) => {
    if (minDays <= maxDays) return
    // Of both fields, so that where such a pair is stored already both fall back on what is usual.
    const wrong = (field: 'minDays' | 'maxDays', words: Told) =>
      issues.push({ code: 'custom', input: { minDays, maxDays }, path: [field], ...issueWords(words) })
    wrong('minDays', {
      en: `${minDays} is above maxDays, ${maxDays}: experiments would be over before they may decide.`,
      fr: `${minDays} dépasse la durée maximale, ${maxDays} : les expériences finiraient avant de pouvoir conclure.`,
    })
    wrong('maxDays', {
      en: `${maxDays} is below minDays, ${minDays}: experiments would be over before they may decide.`,
      fr: `${maxDays} est inférieur à la durée minimale, ${minDays} : les expériences finiraient avant de pouvoir conclure.`,
    })
  })

export interface ExperimentSettings {
  /** In (0, 1). */
  readonly confidence: number
  /** Days after the first exposure in which a conversion counts. */
  readonly attributionDays: number
  readonly minExposures: number
  readonly minClicks: number
  readonly minConversions: number
  readonly minDays: number
  readonly maxDays: number
}
