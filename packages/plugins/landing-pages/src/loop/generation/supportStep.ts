import { plural } from '@espalier/core'
import { maxVariantsEver } from '@espalier/experiments'
import { maxVariants } from '../../page.ts'
import { roomForArms, supportableArms } from '../brain/index.ts'
import { count, percent, said } from '../said.ts'
import type { Outcome, Turn } from '../turn.ts'
import { type GenerationParts, type GenerationState, over } from './generation.ts'
import { readPageArms } from './pageArms.ts'

/** Whether the traffic can tell one more variant apart: where not, none is made. */
export async function support(turn: Turn, parts: GenerationParts): Promise<Outcome> {
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
  const perDay = Math.round(visitorsPerDay)
  const [visitors, rate, lift] = [count(perDay), percent(baseRate), percent(minDetectableLift)]
  const traffic = said(
    `${visitors.en} ${plural.en(perDay, 'visitor', 'visitors')} a day of whom ${rate.en} convert ${plural.en(perDay, 'tells', 'tell')} ${supportable} ${plural.en(supportable, 'variant', 'variants')} apart within ${horizonDays} ${plural.en(horizonDays, 'day', 'days')} (a lift of ${lift.en}); ${live + waiting} ${plural.en(live + waiting, 'takes', 'take')} part, ${newcomers} of them still coming in`,
    `${visitors.fr} ${plural.fr(perDay, 'visiteur', 'visiteurs')} par jour dont ${rate.fr} convertissent ${plural.fr(perDay, 'distingue', 'distinguent')} ${supportable} ${plural.fr(supportable, 'variante', 'variantes')} en ${horizonDays} ${plural.fr(horizonDays, 'jour', 'jours')} (un gain de ${lift.fr}) ; ${live + waiting} ${plural.fr(live + waiting, 'participe', 'participent')}, dont ${newcomers} encore en cours d’arrivée`,
  )
  if (wanted < 1)
    return over('support', said(`No new version: ${traffic.en}.`, `Pas de nouvelle version : ${traffic.fr}.`), evidence)
  return {
    next: 'brief',
    state: { wanted, accepted: 0, order: null, before: [] } satisfies GenerationState,
    write: async ({ note }) => {
      const summary = said(
        `Room for ${wanted} more: ${traffic.en}.`,
        `De la place pour ${wanted} de plus : ${traffic.fr}.`,
      )
      await note({ kind: 'support', summary, evidence })
    },
  }
}
