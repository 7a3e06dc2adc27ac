import { type SqlContext, sql } from '@espalier/core'
import { maxVariantsEver } from '@espalier/experiments'
import type { PromptRunner } from '@espalier/prompts'
import { v7 as uuidv7 } from 'uuid'
import type { Catalog } from '../../blocks/catalog.ts'
import type { PageContent } from '../../content.ts'
import { maxVariants } from '../../page.ts'
import type { QualityChecks } from '../../quality/pageQuality.ts'
import { askApproval, happening, tellIntroduced } from '../announce.ts'
import type { ArmChanges } from '../armChanges.ts'
import { roomForArms, supportableArms } from '../brain/index.ts'
import { candidateRefused } from '../events.ts'
import type { LoopExperiments } from '../loopExperiment.ts'
import type { ReadArmsParts } from '../readArms.ts'
import { count, percent, type Said, said } from '../said.ts'
import type { Outcome, Step, Turn } from '../turn.ts'
import { briefOf, parentOf } from './brief.ts'
import type { Proposed } from './candidate.ts'
import { type Checked, checkCandidate } from './checkCandidate.ts'
import { readPageArms, shownContents } from './pageArms.ts'
import { recombined } from './recombined.ts'
import { type Order, orderOf, written } from './written.ts'

export interface GenerationParts extends ReadArmsParts {
  readonly pairs: LoopExperiments
  readonly changes: ArmChanges
  readonly catalog: Catalog
  readonly quality: Pick<QualityChecks, 'refuseBroken'>
  /** What a model is asked through; undefined where the installation runs without. */
  readonly prompts: PromptRunner | undefined
  /** Whether the workspace has a model. */
  readonly hasModel: (context: SqlContext) => Promise<boolean>
}

/** What the steps of a generation leave for one another. */
interface State {
  /** How many new versions there may be. */
  readonly wanted: number
  readonly accepted: number
  /** With it a model writes them, without it they are recombined. */
  readonly order: Order | null
  /** What the versions so far set out to do. */
  readonly before: readonly string[]
}

/** Proposals for each version that is wanted, at most: others were refused. */
const triesPerVersion = 3

/** What a generation does on a page, step by step: support, brief, and for each version candidate and introduce. */
export function generationSteps(parts: GenerationParts): Record<string, Step> {
  return {
    support: (turn) => support(turn, parts),
    brief: (turn) => brief(turn, parts),
    candidate: (turn, number) => candidate(turn, number, parts),
    introduce: (turn, number) => introduce(turn, number, parts),
  }
}

/** Whether the traffic can tell one more variant apart: where not, none is made. */
async function support(turn: Turn, parts: GenerationParts): Promise<Outcome> {
  const { context, loop, page, rules } = turn
  if (page.status !== 'active')
    return over(
      'support',
      said(
        'The page is not public, so nobody would see a new version.',
        'La page n’est pas publique : personne ne verrait une nouvelle version.',
      ),
    )
  const experiment = await parts.pairs.running(context, loop.experimentId)
  if (experiment && page.experimentId !== experiment.id)
    return over(
      'support',
      said(
        `The page does not show the variants of the experiment "${experiment.name}" any more, so no new version can be tried. Turn the improvement of the page on anew.`,
        `La page ne montre plus les variantes de l’expérience « ${experiment.name} » : aucune nouvelle version ne peut être essayée. Réactivez l’amélioration de la page.`,
      ),
    )
  if (loop.experimentId !== null && !experiment)
    return over(
      'support',
      said(
        'The experiment of the page does not run, so no new version can be tried.',
        'L’expérience de la page est arrêtée : aucune nouvelle version ne peut être essayée.',
      ),
    )
  if (page.variants.length >= maxVariants)
    return over(
      'support',
      said(
        `The page has ${maxVariants} variants, as many as a page may have. Archive one that nobody needs.`,
        `La page a ${maxVariants} variantes, autant qu’une page peut en avoir. Archivez-en une dont personne n’a besoin.`,
      ),
    )
  if (experiment && experiment.variants.length >= maxVariantsEver)
    return over(
      'support',
      said(
        `The experiment "${experiment.name}" has tried ${maxVariantsEver} variants, as many as one may. Complete it, then turn the improvement of the page on anew.`,
        `L’expérience « ${experiment.name} » a essayé ${maxVariantsEver} variantes, autant que permis. Terminez-la, puis réactivez l’amélioration de la page.`,
      ),
    )
  const { arms, visitorsPerDay, baseRate } = await readPageArms(turn, parts, experiment)
  const { minDetectableLift, horizonDays, maxArms, variantsPerRun } = rules
  const supportable = supportableArms({ visitorsPerDay, baseRate }, { minDetectableLift, horizonDays, maxArms })
  const ceilings = arms.filter(({ isRetired }) => !isRetired).map(({ ceiling }) => ceiling)
  const live = ceilings.length
  const newcomers = ceilings.filter((ceiling) => ceiling < 1).length
  const waiting = await context.db.prisma.pageLoopStep.count({
    where: { pageId: page.id, status: 'waiting', kind: 'introduction' },
  })
  const wanted = Math.min(
    variantsPerRun,
    roomForArms(ceilings, supportable) - waiting,
    maxVariants - page.variants.length,
    maxVariantsEver - (experiment?.variants.length ?? 0),
  )
  const evidence = {
    visitorsPerDay,
    baseRate,
    minDetectableLift,
    horizonDays,
    maxArms,
    supportable,
    live,
    newcomers,
    waiting,
    wanted,
  }
  const [visitors, rate, lift] = [count(visitorsPerDay), percent(baseRate), percent(minDetectableLift)]
  const traffic = said(
    `${visitors.en} visitors a day of whom ${rate.en} convert tell ${supportable} variants apart within ${horizonDays} days (a lift of ${lift.en}); ${live + waiting} take part, ${newcomers} of them still coming in`,
    `${visitors.fr} visiteurs par jour dont ${rate.fr} convertissent distinguent ${supportable} variantes en ${horizonDays} jours (un gain de ${lift.fr}) ; ${live + waiting} participent, dont ${newcomers} encore en cours d’arrivée`,
  )
  if (wanted < 1)
    return over('support', said(`No new version: ${traffic.en}.`, `Pas de nouvelle version : ${traffic.fr}.`), evidence)
  return {
    next: 'brief',
    state: { wanted, accepted: 0, order: null, before: [] } satisfies State,
    write: async ({ note }) => {
      const summary = said(
        `Room for ${wanted} more: ${traffic.en}.`,
        `De la place pour ${wanted} de plus : ${traffic.fr}.`,
      )
      await note({ kind: 'support', summary, evidence })
    },
  }
}

/** What is known, and who writes. Kept with the turn: after a crash the very same is asked again. */
async function brief(turn: Turn, parts: GenerationParts): Promise<Outcome> {
  const { context, loop, page, rules, run } = turn
  const { arms } = await readPageArms(turn, parts, await parts.pairs.running(context, loop.experimentId))
  const parent = parentOf(arms)
  if (!parent)
    return over(
      'brief',
      said('The page has no version that visitors see.', 'La page n’a aucune version vue par les visiteurs.'),
    )
  const what = briefOf(page, loop.goal, arms, rules)
  const model = parts.prompts !== undefined && (await parts.hasModel(context))
  const { key } = parent
  const state: State = {
    ...(run.state as State),
    order: model ? orderOf(what, parent, parts.catalog) : null,
  }
  return {
    next: 'candidate:1',
    state,
    write: async ({ note }) => {
      const claims = what.patterns.length
      await note({
        kind: 'brief',
        variantKey: key,
        summary: model
          ? said(
              `A model writes from “${key}” and ${claims} patterns.`,
              `Un modèle écrit à partir de « ${key} » et de ${claims} tendances.`,
            )
          : said(
              `New versions are recombined from what the page’s versions say: no model is set up.`,
              `Les nouvelles versions recombinent ce que disent celles de la page : aucun modèle n’est configuré.`,
            ),
        evidence: { ...what, generator: model ? 'model' : 'recombined' },
      })
    },
  }
}

/** Has one version proposed and looks at it; what breaks a rule is kept with the reasons. */
async function candidate(turn: Turn, number: number, parts: GenerationParts): Promise<Outcome> {
  const { context, loop, page, run } = turn
  const state = run.state as State
  const { arms } = await readPageArms(turn, parts, await parts.pairs.running(context, loop.experimentId))
  const hashes = await knownHashes(turn)
  const proposed = await propose()
  if (!proposed)
    return over(
      'candidate',
      said(
        'Nothing new can be made of what the page’s versions say. Write another version yourself, or set up a model.',
        'Rien de nouveau ne peut être tiré des versions de la page. Écrivez-en une autre vous-même, ou configurez un modèle.',
      ),
    )
  const known = await shownContents(turn)
  const parent =
    proposed.origin === 'model' && state.order
      ? (JSON.parse(state.order.parent) as PageContent)
      : (arms.find(({ variantId }) => variantId === proposed.parentVariantId)?.content as PageContent)
  const checked = await checkCandidate(turn, proposed, { parent, known, hashes }, parts)
  const before = [...state.before, proposed.rationale]
  const isRefused = checked.reasons.length > 0
  return {
    next: isRefused ? nextCandidate(state, number) : `introduce:${number}`,
    state: { ...state, before },
    write: async ({ tx, note }) => {
      const id = await keep(tx, turn, number, proposed, checked)
      const summary = candidateSummary(proposed, checked)
      const { reasons } = checked
      await note({
        kind: 'candidate',
        summary,
        evidence: { candidateId: id, number, origin: proposed.origin, ...proposed.evidence, reasons },
      })
      if (isRefused)
        await tx.publish(candidateRefused, {
          ...happening(page, run, summary),
          candidateId: id,
          codes: [...new Set(reasons.map(({ code }) => code))],
        })
    },
  }

  async function propose(): Promise<Proposed | undefined> {
    const { order } = state
    let instead: Said | undefined
    if (order && parts.prompts) {
      const made = await written(turn, parts.prompts, parts.catalog, order, { number, before: state.before })
      if (!('failed' in made)) return made
      instead = made.failed
    } else if (order) instead = said('Models have been switched off since', 'Les modèles ont été désactivés depuis')
    return recombined(arms, { random: context.random, hashes, language: page.language, instead })
  }
}

/** Shows visitors an accepted version, or asks a person first. */
async function introduce(turn: Turn, number: number, parts: GenerationParts): Promise<Outcome> {
  const { context, loop, page, rules, run } = turn
  const state = run.state as State
  const found = await context.db.prisma.pageCandidate.findFirstOrThrow({ where: { runId: run.id, number } })
  const { id: candidateId, origin, rationale } = found
  const parent = page.variants.find(({ id }) => id === found.parentVariantId)
  const accepted = { ...state, accepted: state.accepted + 1 }
  return {
    next: nextCandidate(accepted, number),
    state: accepted,
    write: async ({ tx, note }) => {
      const evidence = {
        candidateId,
        origin,
        rationale,
        parentVariantId: found.parentVariantId,
        share: rules.newArmShare,
      }
      if (loop.mode !== 'automatic') {
        const summary = introductionSummary('approve', origin, parent?.key, rules.newArmShare)
        await tx.db.prisma.pageCandidate.updateMany({ where: { id: candidateId }, data: { status: 'approval' } })
        const undo = { kind: 'introduction', variantId: '', variantKey: '', candidateId } as const
        const stepId = await note({ kind: 'introduction', status: 'waiting', summary, evidence, undo })
        await askApproval(tx, [page, run, summary], { stepId, kind: 'introduction', variantKey: null })
        return
      }
      const made = { content: found.content as unknown as PageContent, parentVariantId: found.parentVariantId }
      const { variantId, variantKey } = await parts.changes.introduce(tx, { page, loop, rules }, made)
      const summary = introductionSummary(variantKey, origin, parent?.key, rules.newArmShare)
      await tx.db.prisma.pageCandidate.updateMany({
        where: { id: candidateId },
        data: { status: 'accepted', variantId, decidedAt: tx.clock.now(), decidedByName: tx.principal.name },
      })
      const undo = { kind: 'introduction', variantId, variantKey, candidateId } as const
      const stepId = await note({
        kind: 'introduction',
        variantKey,
        summary,
        evidence: { ...evidence, variantId },
        undo,
      })
      await tellIntroduced(tx, [page, run, summary], { stepId, variantId, variantKey })
    },
  }
}

/** What a new version is told as. @param key of the variant; "approve" where a person is asked first */
export function introductionSummary(key: string, origin: string, parentKey: string | undefined, share: number): Said {
  const part = percent(share)
  const from = parentKey ? said(` from “${parentKey}”`, ` à partir de « ${parentKey} »`) : said('', '')
  const by = origin === 'model' ? said('written by a model', 'écrite par un modèle') : said('recombined', 'recombinée')
  if (key === 'approve')
    return said(
      `A new version, ${by.en}${from.en}, waits for a yes; it would begin with ${part.en} of the visitors.`,
      `Une nouvelle version, ${by.fr}${from.fr}, attend un accord ; elle commencerait avec ${part.fr} des visiteurs.`,
    )
  return said(
    `“${key}” is new, ${by.en}${from.en}; it begins with ${part.en} of the visitors.`,
    `« ${key} » est nouvelle, ${by.fr}${from.fr} ; elle commence avec ${part.fr} des visiteurs.`,
  )
}

function nextCandidate({ wanted, accepted }: State, number: number): string {
  return accepted >= wanted || number >= wanted * triesPerVersion ? 'done' : `candidate:${number + 1}`
}

function over(kind: 'support' | 'brief' | 'candidate', summary: Said, evidence: object = {}): Outcome {
  return {
    next: 'done',
    write: async ({ note }) => {
      await note({ kind, summary, evidence })
    },
  }
}

function candidateSummary({ origin, parentKey, instead }: Proposed, { reasons }: Checked): Said {
  const by = origin === 'model' ? said('A model has written', 'Un modèle a écrit') : said('Recombined', 'Recombinée')
  const why = said(reasons.map(({ en }) => en).join(' '), reasons.map(({ fr }) => fr).join(' '))
  const lead = instead ?? said('', '')
  const what = said(
    origin === 'model' ? `${by.en} a version from “${parentKey}”` : `${by.en}: a version from “${parentKey}”`,
    origin === 'model'
      ? `${by.fr} une version à partir de « ${parentKey} »`
      : `${by.fr} : une version à partir de « ${parentKey} »`,
  )
  const then =
    reasons.length === 0
      ? said('it keeps every rule', 'elle respecte toutes les règles')
      : said(`it is refused. ${why.en}`, `elle est refusée. ${why.fr}`)
  return said(
    `${lead.en}${lead.en && ' — '}${what.en}; ${then.en}${reasons.length === 0 ? '.' : ''}`,
    `${lead.fr}${lead.fr && ' — '}${what.fr} ; ${then.fr}${reasons.length === 0 ? '.' : ''}`,
  )
}

/** Of all that was proposed for the page before. */
async function knownHashes({ context, page }: Turn): Promise<ReadonlySet<string>> {
  const rows = await context.db.query<{ hash: string }>(sql`
    select encode("contentHash", 'hex') as "hash" from "PageCandidate" where "pageId" = ${page.id}`)
  return new Set(rows.map(({ hash }) => hash))
}

async function keep(
  tx: SqlContext,
  { run }: Turn,
  number: number,
  proposed: Proposed,
  checked: Checked,
): Promise<string> {
  const id = uuidv7()
  const { parentVariantId, otherParentId, origin, rationale, promptExecutionId = null, aiCallId = null } = proposed
  const { content, hash, reasons } = checked
  const status = reasons.length > 0 ? 'refused' : 'proposed'
  const now = tx.clock.now()
  await tx.db.query(sql`
    insert into "PageCandidate"
      ("id", "runId", "pageId", "number", "parentVariantId", "otherParentId", "origin", "rationale", "content", "contentHash", "status",
       "reasons", "promptExecutionId", "aiCallId", "createdAt", "decidedAt")
    values (${id}, ${run.id}, ${run.pageId}, ${number}, ${parentVariantId}, ${otherParentId}, ${origin}, ${rationale},
      ${JSON.stringify(content)}::jsonb, ${Buffer.from(hash, 'hex')}, ${status}::"PageCandidateStatus", ${JSON.stringify(reasons)}::jsonb,
      ${promptExecutionId}, ${aiCallId}, ${now}, ${status === 'refused' ? now : null}::timestamptz)`)
  return id
}
