import { figuresIn } from './figures.ts'
import type { Words } from './reason.ts'

const { count, days, noun, amount, pValue, share, lift, names, shares } = figuresIn('fr')

const evidence = (value: number | null, level: number) =>
  value === null ? '' : ` (p ${pValue(value)} ; il faut moins de ${amount(level)})`
const by = (value: number | null) => (value === null ? '' : ` de ${lift(value)}`)

/** What French makes of reasons. */
export const french: Words = {
  STARTED: () => 'L’expérience a démarré : les sujets sont répartis et comptés.',
  STARTED_ON_SCHEDULE: () => 'L’heure prévue étant venue, elle a démarré d’elle-même.',
  START_REFUSED: ({ problem }) =>
    `L’heure prévue étant venue, elle n’a pas pu démarrer d’elle-même : ${problem} Démarrez-la à la main.`,
  PAUSED: () => 'Elle est en pause : personne n’est réparti et rien n’est compté.',
  RESUMED: () => 'Elle reprend.',
  COMPLETED: ({ winner }) =>
    winner === null ? 'Elle est terminée sans gagnante.' : `Elle est terminée : tout le monde reçoit « ${winner} ».`,
  STOPPED_ON_SCHEDULE: () => 'Le terme prévu étant atteint, elle s’est arrêtée d’elle-même.',
  PHASE: ({ number }) => `La phase ${number} commence ; les résultats sont pondérés par phase.`,
  NEW_QUESTION: () =>
    'C’est une nouvelle question : le verdict précédent est mis de côté et les preuves sont réunies à nouveau.',
  WEIGHTS: ({ weights }) => `Les poids sont désormais ${shares(weights)}.`,
  FLOORS: ({ floors }) => `Les parts minimales sont maintenant ${shares(floors)}.`,
  CEILINGS: ({ ceilings }) => `Les parts maximales sont maintenant ${shares(ceilings)}.`,
  VARIANTS_ADDED: ({ variants }) => `Nouvelles variantes : ${names(variants)}.`,
  VARIANTS_RETIRED: ({ variants }) => `Plus personne ne reçoit ${names(variants)} ; leurs résultats restent.`,
  COVERAGE: ({ from, to }) => `Au lieu de ${share(from)}, ${share(to)} des sujets participent.`,
  CONDITION: () => 'Ceux qui participent ont changé.',
  ACTIVE_HOURS: () => 'Les heures d’entrée ont changé.',
  WHY: ({ text }) => text,

  TOO_FEW_SUBJECTS: ({ variant, have, need }) =>
    `« ${variant} » a été vue par ${count(have)} ${noun(have, 'sujet', 'sujets')} sur ${count(need)}.`,
  TOO_FEW_CLICKS: ({ variant, have, need }) =>
    `« ${variant} » a ${count(have)} ${noun(have, 'clic', 'clics')} sur ${count(need)}.`,
  TOO_FEW_CONVERSIONS: ({ variant, metric, have, need }) =>
    `« ${variant} » a ${count(have)} ${noun(have, 'conversion', 'conversions')} sur ${count(need)} pour « ${metric} ».`,
  TOO_EARLY: ({ days: have, need }) => `Elle a tourné ${days(have)} ${noun(have, 'jour', 'jours')} sur ${count(need)}.`,
  NO_GOAL: () => 'Elle n’a pas d’objectif qui puisse décider.',
  NOT_CERTAIN: ({ variant, pValue: value, level }) =>
    `Il n’est pas encore certain que « ${variant} » diffère du témoin${evidence(value, level)}.`,
  SAMPLE_RATIO: ({ pValue: value }) =>
    `Les variantes n’ont pas reçu leur part des sujets (p ${pValue(value)}) : leurs résultats ne sont pas fiables. Voyez les causes avant de continuer.`,
  GUARDRAIL: ({ variant, metric }) => `« ${variant} » dégrade « ${metric} ». Retirez-la, ou terminez l’expérience.`,
  BETTER: ({ variant, metric, lift: value, pValue: p, level }) =>
    `« ${variant} » fait mieux que le témoin pour « ${metric} »${by(value)}${evidence(p, level)}.`,
  CHEAP: ({ variant, metric, expectedLoss, threshold }) =>
    `Choisir « ${variant} » coûterait en moyenne ${amount(expectedLoss)} de « ${metric} » si elle était moins bonne ; on accepte jusqu’à ${amount(threshold)}.`,
  BEST: ({ variant, chance }) =>
    `Parmi celles qui font mieux, « ${variant} » est le plus probablement la meilleure${chance === null ? '' : ` (${share(chance)})`}.`,
  WORSE: ({ variant, metric, lift: value, pValue: p, level }) =>
    `« ${variant} » fait moins bien que le témoin pour « ${metric} »${by(value)}${evidence(p, level)}.`,
  TIME_IS_UP: ({ days: need }) => `Rien ne s’est décidé en ${count(need)} ${noun(need, 'jour', 'jours')}.`,
  PLAN_REACHED: ({ need }) => `Chaque variante a été vue par les ${count(need)} sujets prévus, et rien n’apparaît.`,
  REACHED_BEFORE: ({ phase }) => `Le verdict date de la phase ${phase} ; il ne change pas de lui-même.`,

  APPLIED: ({ variant }) => `Le verdict est appliqué : tout le monde reçoit « ${variant} ».`,
  FORCED: ({ variant }) => `« ${variant} » est déclarée gagnante, quel que soit le verdict : tout le monde la reçoit.`,
  REVERTED: ({ variant }) => `Tout le monde ne reçoit plus « ${variant} » : l’expérience tourne à nouveau.`,

  CHANCES: ({ chances }) => `Chances d’être la meilleure : ${shares(chances)}.`,
  FEW_FOR_BANDIT: ({ variant, have, need }) =>
    `« ${variant} » a été vue par ${count(have)} ${noun(have, 'sujet', 'sujets')} sur les ${count(need)} que les poids attendent.`,
  STEP: ({ maxStep }) => `Aucun poids ne bouge de plus de ${share(maxStep)} à la fois.`,
  WEIGHTS_STAY: () => 'Les poids restent les mêmes.',
}
