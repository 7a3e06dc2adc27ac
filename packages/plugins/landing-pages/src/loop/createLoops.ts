import type { SqlContext } from '@espalier/core'
import type { Experiments } from '@espalier/experiments'
import type { PromptRunner } from '@espalier/prompts'
import type { Tracking } from '@espalier/tracking'
import type { Catalog } from '../blocks/catalog.ts'
import type { PageContent } from '../content.ts'
import type { PublishedPages } from '../publishedPages.ts'
import type { QualityChecks } from '../quality/pageQuality.ts'
import type { Variants } from '../variants.ts'
import { analysisSteps } from './analysis/analysisSteps.ts'
import { ArmChanges } from './armChanges.ts'
import { Decisions } from './decisions.ts'
import { checkCandidate } from './generation/checkCandidate.ts'
import { generationSteps } from './generation/generationSteps.ts'
import { LoopExperiments } from './loopExperiment.ts'
import { readShownVersions } from './loopRows.ts'
import { PageLoops } from './loops.ts'
import { type Limits, type LoopRules, rulesOf } from './rules.ts'
import type { Loop } from './run.ts'
import { LoopRunner } from './runner.ts'

/** What writes versions; without it they are recombined. */
export interface Writer {
  readonly prompts: PromptRunner
  /** Whether the workspace has a model. */
  readonly hasModel: (context: SqlContext) => Promise<boolean>
}

export interface LoopsParts {
  readonly experiments: Experiments
  readonly tracking: Tracking
  readonly variants: Variants
  readonly published: PublishedPages
  readonly catalog: Catalog
  readonly quality: QualityChecks
  readonly settings: (context: SqlContext) => Promise<LoopRules>
  readonly writer: Writer | undefined
}

/** Puts the loop together. */
export function createLoops(parts: LoopsParts): PageLoops {
  const { experiments, tracking, variants, published, catalog, quality, settings, writer } = parts
  const pairs = new LoopExperiments(experiments)
  const changes = new ArmChanges({ variants, experiments, pairs, published })
  const hasModel = async (context: SqlContext) => (await writer?.hasModel(context)) ?? false
  const rules = async (context: SqlContext, loop: Pick<Loop, 'limits'>) =>
    rulesOf(await settings(context), loop.limits as Limits)
  const steps = {
    ...analysisSteps({ experiments, tracking, changes, prompts: writer?.prompts }),
    ...generationSteps({ experiments, tracking, pairs, changes, catalog, quality, hasModel, prompts: writer?.prompts }),
  }
  return new PageLoops({
    experiments,
    pairs,
    settings,
    hasModel,
    runner: new LoopRunner({ steps, rulesOf: rules }),
    decisions: new Decisions({
      changes,
      rulesOf: rules,
      check: async (where, { content, parentVariantId }) => {
        const shown = await readShownVersions(where.context, where.page.id)
        const parent = shown.get(parentVariantId) ?? (content as PageContent)
        const against = { parent, known: [...shown.values()], hashes: new Set<string>() }
        return (await checkCandidate(where, { content }, against, { catalog, quality })).reasons
      },
    }),
    changed: (tx, slug) => published.changed(tx, slug),
  })
}
