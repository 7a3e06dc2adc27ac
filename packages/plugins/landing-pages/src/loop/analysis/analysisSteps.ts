import { plural } from '@espalier/core'
import type { Experiment, ExperimentStatus, Experiments } from '@espalier/experiments'
import { tellProblem } from '../announce.ts'
import type { ArmChanges } from '../armChanges.ts'
import { featureInWords, patternsOf } from '../brain/index.ts'
import { type MeasuredArm, type ReadArmsParts, readArms } from '../readArms.ts'
import { count, percent, said } from '../said.ts'
import type { Outcome, Step, Turn } from '../turn.ts'
import { guardStep } from './guardStep.ts'
import { type LoopProblem, problemOf } from './health.ts'
import { outcomesStep, type PromptScores } from './outcomes.ts'
import { rampStep } from './rampStep.ts'
import { recordStep } from './record.ts'
import { retireStep } from './retireStep.ts'
import { scoreOf } from './scores.ts'

export interface AnalysisParts extends ReadArmsParts {
  readonly experiments: Experiments
  readonly changes: ArmChanges
  /** Whom to tell what became of a version that a model wrote. */
  readonly prompts: PromptScores | undefined
}

/** What an analysis of a page does, step by step: measure, health, patterns, guard, ramp, retire, record, outcomes. */
export function analysisSteps(parts: AnalysisParts): Record<string, Step> {
  /** A step that needs the arms of an experiment that runs; without one the analysis is over. */
  const withArms =
    (work: (turn: Turn, arms: readonly MeasuredArm[], experiment: Experiment) => Outcome | Promise<Outcome>): Step =>
    async (turn) => {
      const found = await experimentOf(turn, parts)
      if (!found) return nothingToCompare(turn)
      if ('code' in found) return stopped(turn, found)
      return work(turn, await readArms(turn.context, parts, turn.page.id, found), found)
    }
  return {
    measure: withArms(measure),
    health: withArms((turn, _arms, experiment) => health(turn, experiment, parts)),
    patterns: withArms(patterns),
    guard: withArms((turn, arms, experiment) => guardStep(turn, arms, experiment, parts)),
    ramp: withArms((turn, arms) => rampStep(turn, arms, parts)),
    retire: withArms((turn, arms) => retireStep(turn, arms, parts)),
    record: withArms(recordStep),
    outcomes: withArms((turn, arms) => outcomesStep(turn, arms, parts.prompts)),
  }
}

/** The experiment that runs; undefined while there is one version only; what is wrong where somebody stopped it. */
async function experimentOf(
  { context, loop, page }: Turn,
  { experiments }: AnalysisParts,
): Promise<Experiment | LoopProblem | undefined> {
  if (page.status !== 'active')
    return {
      code: 'PAGE_NOT_PUBLIC',
      summary: said(
        `The page "${page.title}" is not public, so nobody sees its variants. Publish it, or turn its improvement off.`,
        `La page « ${page.title} » n’est pas publique : personne ne voit ses variantes. Publiez-la, ou désactivez son amélioration.`,
      ),
    }
  if (loop.experimentId === null) return undefined
  const experiment = await experiments.get(context, loop.experimentId)
  const { name, status } = experiment
  if (status !== 'running')
    return {
      code: 'EXPERIMENT_STOPPED',
      summary: said(
        `The experiment "${name}" is ${status}, so the page learns nothing. ${status === 'paused' ? 'Resume it' : 'Turn the improvement of the page on anew'}.`,
        `L’expérience « ${name} » est ${inFrench[status]} : la page n’apprend rien. ${status === 'paused' ? 'Reprenez-la' : 'Réactivez l’amélioration de la page'}.`,
      ),
    }
  if (page.experimentId === experiment.id) return experiment
  return {
    code: 'EXPERIMENT_STOPPED',
    summary: said(
      `The page does not show the variants of the experiment "${name}" any more, so it learns nothing. Turn the improvement of the page on anew.`,
      `La page ne montre plus les variantes de l’expérience « ${name} » : elle n’apprend rien. Réactivez l’amélioration de la page.`,
    ),
  }
}

const inFrench: Record<Exclude<ExperimentStatus, 'running'>, string> = {
  draft: 'à l’état de brouillon',
  paused: 'en pause',
  completed: 'terminée',
  archived: 'archivée',
}

function nothingToCompare({ page }: Turn): Outcome {
  return {
    next: 'done',
    write: async ({ tx, note }) => {
      await tx.db.prisma.pageLoop.updateMany({ where: { pageId: page.id }, data: { problem: null } })
      await note({
        kind: 'measurement',
        summary: said(
          'The page has one version that visitors see: there is nothing to compare yet.',
          'Les visiteurs ne voient qu’une version de la page : il n’y a encore rien à comparer.',
        ),
        evidence: {},
      })
    },
  }
}

function measure({ run, context }: Turn, all: readonly MeasuredArm[]): Outcome {
  const arms = all.filter(({ isRetired }) => !isRetired)
  const told = arms.map(({ key, rate, visitors }) => ({
    key,
    share: percent(rate?.mean ?? 0),
    seen: count(visitors),
    visitors: Math.round(visitors),
  }))
  const figures = arms.map((arm) => ({
    variantKey: arm.key,
    visitors: Math.round(arm.visitors),
    conversions: Math.round(arm.conversions),
    conversionRate: arm.rate?.mean ?? null,
    rateLower: arm.rate?.lower ?? null,
    rateUpper: arm.rate?.upper ?? null,
    engagementScore: arm.engagement,
    bounceRate: arm.bounceRate,
    confidence: arm.chanceToBeBest,
    score: scoreOf(arm, arms),
    share: arm.share,
  }))
  return {
    next: 'health',
    write: async ({ tx, note }) => {
      const at = context.clock.now()
      await tx.db.prisma.pageAnalysis.createMany({
        data: figures.map((figure) => ({ ...figure, runId: run.id, pageId: run.pageId, at })),
      })
      await note({
        kind: 'measurement',
        summary: said(
          `Measured: ${told.map(({ key, share, seen, visitors }) => `“${key}” converts ${share.en} of ${seen.en} ${plural.en(visitors, 'visitor', 'visitors')}`).join(', ')}.`,
          `Mesuré : ${told.map(({ key, share, seen, visitors }) => `« ${key} » convertit ${share.fr} de ${seen.fr} ${plural.fr(visitors, 'visiteur', 'visiteurs')}`).join(', ')}.`,
        ),
        evidence: { variants: figures },
      })
    },
  }
}

async function health(turn: Turn, experiment: Experiment, { experiments }: AnalysisParts): Promise<Outcome> {
  const found = await experiments.results.health(turn.context, experiment)
  const exposures = found.causes.reduce((sum, { recorded }) => sum + recorded, 0)
  const problem = problemOf(found, exposures)
  if (problem) {
    const { sampleRatio, bots, late, crossovers, unexpected } = found
    return stopped(turn, problem, { exposures, sampleRatio, bots, late, crossovers, unexpected })
  }
  return {
    next: 'patterns',
    write: async ({ tx }) => {
      await tx.db.prisma.pageLoop.updateMany({ where: { pageId: turn.page.id }, data: { problem: null } })
    },
  }
}

/** Ends the turn and changes nothing; said aloud once, as long as it stays the same. */
function stopped({ loop, page, run }: Turn, { code, summary }: LoopProblem, evidence: object = {}): Outcome {
  return {
    next: 'done',
    write: async ({ tx, note }) => {
      await note({ kind: 'problem', summary, evidence: { code, ...evidence } })
      if (loop.problem === code) return
      await tx.db.prisma.pageLoop.updateMany({ where: { pageId: page.id }, data: { problem: code } })
      await tellProblem(tx, [page, run, summary], code)
    },
  }
}

/** Beyond these nobody reads on. */
const mostPatterns = 100

function patterns({ run, context }: Turn, arms: readonly MeasuredArm[]): Outcome {
  const found = patternsOf(arms).slice(0, mostPatterns)
  const claimed = found.filter((pattern) => pattern.claimed)
  return {
    next: 'guard',
    write: async ({ tx, note }) => {
      const at = context.clock.now()
      await tx.db.prisma.pagePattern.createMany({
        data: found.map((pattern) => ({
          ...pattern,
          alsoCalled: [...pattern.alsoCalled],
          visitors: Math.round(pattern.visitors),
          runId: run.id,
          pageId: run.pageId,
          at,
        })),
      })
      const names = (language: 'en' | 'fr') =>
        claimed
          .map(({ feature, effect }) => `${featureInWords(feature)[language]} (${effect > 0 ? '+' : '−'})`)
          .join('; ')
      await note({
        kind: 'patterns',
        summary:
          claimed.length > 0
            ? said(
                `Goes with better (+) or worse (−) results: ${names('en')}.`,
                `Va avec de meilleurs (+) ou de moins bons (−) résultats : ${names('fr')}.`,
              )
            : said(
                `Of ${found.length} features none can be told from chance.`,
                `Sur ${found.length} caractéristiques, aucune ne se distingue du hasard.`,
              ),
        evidence: { lookedAt: found.length, claimed },
      })
    },
  }
}
