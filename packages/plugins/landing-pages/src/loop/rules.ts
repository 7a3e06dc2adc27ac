import { said } from '@espalier/core'
import { z } from 'zod'
import { listOf, text } from '../blocks/block.ts'

const share = (most: number) =>
  z
    .number()
    .gte(0.01, said({ en: 'is below 0.01', fr: 'est inférieur à 0,01' }))
    .lte(most, said({ en: `is above ${most}`, fr: `dépasse ${most}` }))
const phrases = listOf(text(200), 200)

/** What a workspace says about the loops of its pages; a page may differ, see {@link limitsInput}. */
const fields = {
  forbiddenWords: phrases.describe(
    'Words that no proposed page may use, whole, whatever their accents and capitals. With * at the end: all that begin so.',
  ),
  forbiddenClaims: phrases.describe('Phrases that no proposed page may say, whatever their accents and capitals.'),
  requiredFacts: phrases.describe('What must stand on every proposed page word for word: prices, legal text.'),
  variantsPerRun: z
    .int(said({ en: 'is not a whole number', fr: 'n’est pas un nombre entier' }))
    .gte(1, said({ en: 'is less than 1', fr: 'est inférieur à 1' }))
    .lte(5, said({ en: 'is more than 5', fr: 'dépasse 5' }))
    .describe('How many variants a turn proposes at most, from 1 to 5.'),
  maxArms: z
    .int(said({ en: 'is not a whole number', fr: 'n’est pas un nombre entier' }))
    .gte(
      2,
      said({
        en: 'is less than 2: the original and one beside it',
        fr: 'est inférieur à 2 : l’original et une version à côté',
      }),
    )
    .lte(10, said({ en: 'is more than 10', fr: 'dépasse 10' }))
    .describe('How many variants visitors may get at a time, the original included, from 2 to 10.'),
  floor: share(0.1).describe(
    'Least share of the traffic that each variant keeps, so that it is learnt of, from 0.01 to 0.1.',
  ),
  holdback: share(0.5).describe(
    'Share of the visitors that go on to see the original, which says what the loop has earned, from 0.01 to 0.5. For loops that begin.',
  ),
  newArmShare: share(0.2).describe('Share of the traffic that a new variant begins with, from 0.01 to 0.2.'),
  minDetectableLift: z
    .number()
    .gte(0.02, said({ en: 'is below 0.02', fr: 'est inférieur à 0,02' }))
    .lte(2, said({ en: 'is above 2', fr: 'dépasse 2' }))
    .describe('The relative lift of the conversion rate that is worth finding: 0.2 is 20 %. From 0.02 to 2.'),
  horizonDays: z
    .int(said({ en: 'is not a whole number', fr: 'n’est pas un nombre entier' }))
    .gte(7, said({ en: 'is less than 7', fr: 'est inférieur à 7' }))
    .lte(180, said({ en: 'is more than 180', fr: 'dépasse 180' }))
    .describe(
      'Days in which it should be found: with too little traffic for that no new variant is made. From 7 to 180.',
    ),
}

/** For the settings of the plugin. */
export const loopSettings = {
  forbiddenWords: fields.forbiddenWords.default([]),
  forbiddenClaims: fields.forbiddenClaims.default([]),
  requiredFacts: fields.requiredFacts.default([]),
  variantsPerRun: fields.variantsPerRun.default(2),
  maxArms: fields.maxArms.default(5),
  floor: fields.floor.default(0.02),
  holdback: fields.holdback.default(0.05),
  newArmShare: fields.newArmShare.default(0.05),
  minDetectableLift: fields.minDetectableLift.default(0.2),
  horizonDays: fields.horizonDays.default(30),
}

/** What a page says otherwise. Its words, claims and facts stand beside those of the workspace. */
export const limitsInput = z.strictObject(fields).partial()

export type Limits = z.output<typeof limitsInput>
export type LimitsInput = z.input<typeof limitsInput>
export type LoopRules = { readonly [Name in keyof typeof fields]: z.output<(typeof fields)[Name]> }

/** What holds for the loop of a page. */
export function rulesOf(settings: LoopRules, limits: Limits): LoopRules {
  const own = Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined))
  const both = (name: 'forbiddenWords' | 'forbiddenClaims' | 'requiredFacts') => [
    ...new Set([...settings[name], ...(limits[name] ?? [])]),
  ]
  return {
    ...settings,
    ...own,
    forbiddenWords: both('forbiddenWords'),
    forbiddenClaims: both('forbiddenClaims'),
    requiredFacts: both('requiredFacts'),
  }
}
