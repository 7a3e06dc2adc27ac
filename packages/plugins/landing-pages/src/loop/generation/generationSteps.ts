import { plural, type SqlContext, sql, type Told } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import type { PageContent } from '../../content.ts'
import { askApproval, happening, tellIntroduced } from '../announce.ts'
import { candidateRefused } from '../events.ts'
import { said } from '../said.ts'
import type { Outcome, Step, Turn } from '../turn.ts'
import { briefOf, parentOf } from './brief.ts'
import type { Proposed } from './candidate.ts'
import { type Checked, checkCandidate } from './checkCandidate.ts'
import { type GenerationParts, type GenerationState, over } from './generation.ts'
import { candidateSummary, introductionSummary } from './generationWords.ts'
import { readPageArms, shownContents } from './pageArms.ts'
import { recombined } from './recombined.ts'
import { support } from './supportStep.ts'
import { orderOf, written } from './written.ts'

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
  const state: GenerationState = {
    ...(run.state as GenerationState),
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
              `A model writes from “${key}” and ${claims} ${plural.en(claims, 'pattern', 'patterns')}.`,
              `Un modèle écrit à partir de « ${key} » et de ${claims} ${plural.fr(claims, 'tendance', 'tendances')}.`,
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
  const state = run.state as GenerationState
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
    let instead: Told | undefined
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
  const state = run.state as GenerationState
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

function nextCandidate({ wanted, accepted }: GenerationState, number: number): string {
  return accepted >= wanted || number >= wanted * triesPerVersion ? 'done' : `candidate:${number + 1}`
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
