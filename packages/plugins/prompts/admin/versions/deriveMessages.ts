import { defineMessages } from '@espalier/admin-kit'

/** Versions that a model writes. */
export const deriveMessages = defineMessages({
  en: {
    derive: 'Have a model write one from this',
    title: (version: number) => `Have a model rewrite version ${version}`,
    lead: 'It reads the executions that did worst and what came of them, and proposes another wording: a draft, of which nothing is said yet. It costs a call of the model.',
    goals: 'Goals',
    goalsHint: 'One a line, ten at most: “Shorter. Never mention discounts.”',
    other: 'Join with',
    alone: 'no other: rewrite this one',
    ask: 'Ask the model',
    waiting: 'A model writes a version',
    waitingHint: 'This takes a minute or two. You can go on meanwhile.',
    made: (version: number) => `Version ${version} is a draft`,
    look: 'Read what differs',
    refused: 'What the model proposed cannot take its place',
    failed: 'The model proposed nothing',
    close: 'Close',
  },
  fr: {
    derive: 'En faire écrire une par un modèle',
    title: (version: number) => `Faire réécrire la version ${version} par un modèle`,
    lead: 'Il lit les exécutions les moins bonnes et ce qu’elles ont donné, et propose une autre rédaction : un brouillon, dont rien n’est encore dit. Cela coûte un appel au modèle.',
    goals: 'Buts',
    goalsHint: 'Un par ligne, dix au plus : « Plus court. Ne jamais parler de remises. »',
    other: 'Combiner avec',
    alone: 'aucune autre : réécrire celle-ci',
    ask: 'Interroger le modèle',
    waiting: 'Un modèle écrit une version',
    waitingHint: 'Cela prend une minute ou deux. Vous pouvez continuer en attendant.',
    made: (version: number) => `La version ${version} est un brouillon`,
    look: 'Lire ce qui change',
    refused: 'Ce que le modèle a proposé ne peut pas la remplacer',
    failed: 'Le modèle n’a rien proposé',
    close: 'Fermer',
  },
})
