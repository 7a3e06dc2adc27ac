import type { Told } from '@espalier/core'
import { maxVariants } from '../experimentInput.ts'

/**
 * What is said about things that are imported: what is not the same here, and why something cannot be made. Each names the
 * thing and the way out.
 */
export const notes = {
  renamed: (from: string, to: string): Told => ({
    en: `Its key is "${to}" here, because keys take lower-case letters, digits and hyphens: ask for it under this name instead of "${from}".`,
    fr: `Sa clé est « ${to} » ici, car les clés n’admettent que minuscules, chiffres et tirets : demandez-la sous ce nom au lieu de « ${from} ».`,
  }),
  asksFor: (flag: string, trackingKey: string): Told => ({
    en: `Its key is that of its flag "${flag}", which code asks for. In reports it was "${trackingKey}".`,
    fr: `Sa clé est celle de son drapeau « ${flag} », que le code demande. Dans les rapports, c’était « ${trackingKey} ».`,
  }),
  takenKey: (key: string): Told => ({
    en: `The key "${key}" belongs to something here that was not imported. Rename or archive that under another key, then import again.`,
    fr: `La clé « ${key} » appartient ici à autre chose, qui n’a pas été importé. Donnez-lui une autre clé, puis recommencez.`,
  }),
  subject: (attribute: string): Told => ({
    en: `It assigns by "${attribute}": give that as the subject (targetingKey) when you ask for it, or everybody is dealt anew.`,
    fr: `Elle répartit selon « ${attribute} » : donnez-le comme sujet (targetingKey) en la demandant, sinon tout le monde est réparti à nouveau.`,
  }),
  fallback: (attribute: string): Told => ({
    en: `Its second attribute "${attribute}", for whoever lacks the first, has no counterpart: give one id as the subject.`,
    fr: `Son second attribut « ${attribute} », pour qui n’a pas le premier, n’a pas d’équivalent : donnez un seul identifiant comme sujet.`,
  }),
  moved: (places: number): Told => ({
    en: `About ${(places / 100).toFixed(2)} % of the subjects get another variant than there: its ranges cannot be made of shares that add up to 1.`,
    fr: `Environ ${(places / 100).toFixed(2).replace('.', ',')} % des sujets reçoivent une autre variante que là-bas : ses plages ne se font pas de parts dont la somme est 1.`,
  }),
  phases: (count: number): Told => ({
    en: `Only the last of its ${count} phases is carried over; results of all of them stay there.`,
    fr: `Seule la dernière de ses ${count} phases est reprise ; les résultats de toutes restent là-bas.`,
  }),
  noResults: (): Told => ({
    en: 'What was decided is carried over; the results stay there.',
    fr: 'Ce qui a été décidé est repris ; les résultats restent là-bas.',
  }),
  oldVariants: (): Told => ({
    en: 'It runs there. Start it here only once code asks here, else nobody is counted.',
    fr: 'Elle court là-bas. Ne la démarrez ici que lorsque le code demande ici, sinon personne n’est compté.',
  }),
  bandit: (): Told => ({
    en: 'It begins with the weights that it had last and moves them by what it learns here, from nothing.',
    fr: 'Il commence avec ses derniers poids, et les fait évoluer selon ce qu’il apprend ici, à partir de rien.',
  }),
  lostMetric: (id: string): Told => ({
    en: `Its metric "${id}" could not be carried over, so it is not judged by it.`,
    fr: `Sa métrique « ${id} » n’a pas pu être reprise : elle n’est pas jugée par elle.`,
  }),
  fallbackGoal: (event: string): Told => ({
    en: `It is judged by the event "${event}", because none of its goals could be carried over. Change that before it starts.`,
    fr: `Elle est jugée par l’événement « ${event} », car aucun de ses objectifs n’a pu être repris. Changez-le avant de démarrer.`,
  }),
  analysis: (what: string): Told => ({
    en: `Its ${what} has no counterpart: everybody who is exposed counts.`,
    fr: `Ce réglage n’a pas d’équivalent (${what}) : tous les sujets exposés comptent.`,
  }),
  valueOfFeatures: (flags: readonly string[]): Told => ({
    en: `Several flags hang on it, so its value is an object with one entry for each: ${flags.join(', ')}.`,
    fr: `Plusieurs drapeaux en dépendent : sa valeur est un objet avec une entrée pour chacun (${flags.join(', ')}).`,
  }),
  otherDefault: (theirs: string, ours: string): Told => ({
    en: `Who takes no part gets the control’s value here, ${ours}; there it is the flag’s default, ${theirs}.`,
    fr: `Qui ne participe pas reçoit ici la valeur de l’original, ${ours} ; là-bas c’est la valeur par défaut du drapeau, ${theirs}.`,
  }),
  rulesBefore: (flag: string): Told => ({
    en: `The flag "${flag}" asks other rules before this experiment, which are not carried over: whom they catch takes part here.`,
    fr: `Le drapeau « ${flag} » pose d’autres règles avant cette expérience, qui ne sont pas reprises : ceux qu’elles retiennent participent ici.`,
  }),
  includedIn: (key: string): Told => ({
    en: `It is the experiment "${key}", whose variants have its values.`,
    fr: `C’est l’expérience « ${key} », dont les variantes ont ses valeurs.`,
  }),
  rollout: (): Told => ({
    en: 'It is a rollout: an experiment whose control has no share, so that there is nothing to compare. Complete it with "on" once everybody has it.',
    fr: 'C’est un déploiement : une expérience dont l’original n’a aucune part, donc rien à comparer. Terminez-la avec « on » quand tout le monde l’a.',
  }),
  // Why something cannot be made.
  unreadable: (path: string, message: Told): Told => ({
    en: `${path || 'it'}: ${message.en}`,
    fr: `${path || 'elle'} : ${message.fr}`,
  }),
  condition: (path: string, message: Told): Told => ({
    en: `Its condition cannot be carried over: ${path || 'it'} ${message.en}`,
    fr: `Sa condition ne peut être reprise : ${path || 'elle'} ${message.fr}`,
  }),
  noJson: (): Told => ({
    en: 'Its condition cannot be carried over: it is no JSON.',
    fr: 'Sa condition ne peut être reprise : ce n’est pas du JSON.',
  }),
  savedGroup: (id: string): Told => ({
    en: `It asks for the saved group "${id}", which is not in the file. Add the answer of /api/v1/saved-groups to it.`,
    fr: `Elle demande le groupe enregistré « ${id} », absent du fichier. Ajoutez-y la réponse de /api/v1/saved-groups.`,
  }),
  prerequisite: (): Told => ({
    en: 'It depends on another flag (a prerequisite), and nothing here depends on another but on a holdout.',
    fr: 'Elle dépend d’un autre drapeau (prérequis), et ici rien ne dépend d’autre chose que d’un groupe témoin.',
  }),
  filters: (): Told => ({
    en: 'It excludes others by "filters", which have no counterpart; only namespaces with one range do.',
    fr: 'Elle en exclut d’autres par des « filters », qui n’ont pas d’équivalent ; seuls les espaces de noms à une plage en ont.',
  }),
  hash: (version: number): Told => ({
    en: `It assigns by version ${version} of the hash; there are 1 and 2.`,
    fr: `Elle répartit par la version ${version} du hachage ; il y a 1 et 2.`,
  }),
  variants: (count: number): Told => ({
    en: `It has ${count} variants, and an experiment here has at most ${maxVariants}: leave out those that nobody gets.`,
    fr: `Elle a ${count} variantes, et ici une expérience en a ${maxVariants} au plus : omettez celles que personne ne reçoit.`,
  }),
  ranges: (ranges: number, variants: number): Told => ({
    en: `It has ${ranges} ranges for ${variants} variants: give each variant one.`,
    fr: `Elle a ${ranges} plages pour ${variants} variantes : donnez-en une à chacune.`,
  }),
  visual: (): Told => ({
    en: 'It changes pages by its visual editor or redirects; make a landing page, or ask for the variant in code.',
    fr: 'Elle modifie des pages par son éditeur visuel ou redirige ; faites une page, ou demandez la variante dans le code.',
  }),
  noPhase: (): Told => ({
    en: 'It has no phase, so nobody knows whom it would assign what.',
    fr: 'Elle n’a pas de phase : on ne sait qui elle répartirait, ni comment.',
  }),
  constant: (value: string): Told => ({
    en: `It is ${value} for everybody: nothing is to be decided. Write the value into the code.`,
    fr: `Elle vaut ${value} pour tout le monde : rien n’est à décider. Écrivez la valeur dans le code.`,
  }),
  switchedOff: (environment: string): Told => ({
    en: `It is switched off in the environment "${environment}".`,
    fr: `Il est désactivé dans l’environnement « ${environment} ».`,
  }),
  noEnvironment: (environment: string, known: readonly string[]): Told => ({
    en: `It has no environment "${environment}"; it has ${known.join(', ') || 'none'}. Choose one of them for the import.`,
    fr: `Il n’a pas d’environnement « ${environment} » ; il a ${known.join(', ') || 'aucun'}. Choisissez-en un pour l’import.`,
  }),
  severalRules: (count: number): Told => ({
    en: `It asks ${count} rules one after the other. An experiment here has one condition: split it, or join the rules there first.`,
    fr: `Il pose ${count} règles l’une après l’autre. Ici une expérience a une seule condition : séparez-les, ou réunissez-les là-bas d’abord.`,
  }),
  ruleKind: (kind: string): Told => ({
    en: `Its rule is of the kind "${kind}", which has no counterpart.`,
    fr: `Sa règle est du type « ${kind} », qui n’a pas d’équivalent.`,
  }),
  noExperiment: (id: string): Told => ({
    en: `Its rule is the experiment "${id}", which is not in the file. Add the answer of /api/v1/experiments to it.`,
    fr: `Sa règle est l’expérience « ${id} », absente du fichier. Ajoutez-y la réponse de /api/v1/experiments.`,
  }),
  archivedThere: (): Told => ({
    en: 'It is archived there.',
    fr: 'Elle est archivée là-bas.',
  }),
  // Metrics.
  event: (event: string, from: Told): Told => ({
    en: `It counts the event "${event}", ${from.en}. Send it under this name, or change the metric before an experiment starts.`,
    fr: `Elle compte l’événement « ${event} », ${from.fr}. Envoyez-le sous ce nom, ou changez la métrique avant qu’une expérience démarre.`,
  }),
  eventFrom: {
    tracked: { en: 'as its source names it', fr: 'comme le nomme sa source' },
    table: { en: 'after the table that it reads', fr: 'd’après la table qu’elle lit' },
    query: { en: 'after the condition in its SQL', fr: 'd’après la condition de son SQL' },
    name: {
      en: 'after its name, since it is a query of a warehouse',
      fr: 'd’après son nom, puisque c’est une requête d’entrepôt',
    },
  },
  amount: (property: string): Told => ({
    en: `The amount is the property "${property}" of the event.`,
    fr: `Le montant est la propriété « ${property} » de l’événement.`,
  }),
  delay: (): Told => ({
    en: 'There, counting begins some time after the exposure; here at the exposure.',
    fr: 'Là-bas, le comptage commence un certain temps après l’exposition ; ici, à l’exposition.',
  }),
  lookback: (): Told => ({
    en: 'Its look-back window has no counterpart: what follows the exposure counts, as long as the workspace says.',
    fr: 'Sa fenêtre rétrospective n’a pas d’équivalent : ce qui suit l’exposition compte, aussi longtemps que l’espace le dit.',
  }),
  percentile: (): Told => ({
    en: 'The percentile of its cap is of the subjects that have any, here.',
    fr: 'Le centile de son plafond porte ici sur les sujets qui en ont.',
  }),
  quantile: (): Told => ({
    en: 'It is a quantile, and there are means, rates, counts, values and ratios here.',
    fr: 'C’est un quantile, et il y a ici des moyennes, des taux, des nombres, des valeurs et des rapports.',
  }),
  metricKind: (kind: string): Told => ({
    en: `It is of the kind "${kind}", which has no counterpart.`,
    fr: `Elle est du type « ${kind} », qui n’a pas d’équivalent.`,
  }),
  aggregation: (how: string): Told => ({
    en: `It adds up by "${how}"; here a subject’s values are summed or counted. Without that it would be another metric.`,
    fr: `Elle agrège par « ${how} » ; ici les valeurs d’un sujet sont additionnées ou comptées. Sans cela, ce serait une autre métrique.`,
  }),
  rowFilter: (what: string): Told => ({
    en: `It leaves rows out by ${what}, which is no condition here. Without it, it would be another metric: define it by hand.`,
    fr: `Elle écarte des lignes par ${what}, qui n’est pas une condition ici. Sans cela, ce serait une autre métrique : définissez-la à la main.`,
  }),
  part: (id: string): Told => ({
    en: `It is a ratio, and its part "${id}" could not be carried over.`,
    fr: `C’est un rapport, et sa partie « ${id} » n’a pas pu être reprise.`,
  }),
} as const
