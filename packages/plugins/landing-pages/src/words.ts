import type { PluginWords } from '@espalier/core'
import type { settings } from './settings.ts'

/** What the plugin, its settings and its permissions are called in the web app. */
export const words: PluginWords<typeof settings> = {
  title: { en: 'Landing pages', fr: 'Pages d’atterrissage' },
  about: {
    en: 'Pages of blocks, their forms, and the loop that improves them.',
    fr: 'Des pages faites de blocs, leurs formulaires, et la boucle qui les améliore.',
  },
  settings: {
    submissionRetentionDays: {
      title: { en: 'Erase form submissions after', fr: 'Effacer les envois de formulaires après' },
      fr: 'Effacer ce que les visiteurs ont envoyé par formulaire après tant de jours. Vide : le garder jusqu’à ce que quelqu’un l’efface.',
      unit: 'days',
    },
    forbiddenWords: {
      title: { en: 'Words never to use', fr: 'Mots à ne jamais employer' },
      fr: 'Mots qu’aucune page proposée ne peut employer, entiers, quels que soient accents et majuscules. Avec * à la fin : tous ceux qui commencent ainsi.',
    },
    forbiddenClaims: {
      title: { en: 'Phrases never to say', fr: 'Phrases à ne jamais dire' },
      fr: 'Phrases qu’aucune page proposée ne peut dire, quels que soient accents et majuscules.',
    },
    requiredFacts: {
      title: { en: 'What must stay', fr: 'Ce qui doit rester' },
      fr: 'Ce qui doit se trouver mot pour mot sur chaque page proposée : prix, mentions légales.',
    },
    variantsPerRun: {
      title: { en: 'Proposals in a turn, at most', fr: 'Propositions par tour, au plus' },
      fr: 'Combien de variantes un tour propose au plus.',
    },
    maxArms: {
      title: { en: 'Variants at a time, at most', fr: 'Variantes à la fois, au plus' },
      fr: 'Combien de variantes les visiteurs peuvent recevoir à la fois, l’original compris.',
    },
    floor: {
      title: { en: 'Least share of a variant', fr: 'Part minimale d’une variante' },
      fr: 'Part minimale du trafic que garde chaque variante, pour qu’on apprenne d’elle.',
      unit: 'share',
    },
    holdback: {
      title: { en: 'Share that keeps the original', fr: 'Part qui garde l’original' },
      fr: 'Part des visiteurs qui continuent à voir l’original, ce qui dit ce que la boucle a rapporté. Pour les boucles qui commencent.',
      unit: 'share',
    },
    newArmShare: {
      title: { en: 'Share that a new variant begins with', fr: 'Part de départ d’une variante' },
      fr: 'Part du trafic avec laquelle commence une nouvelle variante.',
      unit: 'share',
    },
    minDetectableLift: {
      title: { en: 'Lift worth finding', fr: 'Gain qui vaut la peine' },
      fr: 'Le gain relatif du taux de conversion qui vaut la peine d’être trouvé.',
      unit: 'share',
    },
    horizonDays: {
      title: { en: 'Find it within', fr: 'Le trouver en' },
      fr: 'Jours en lesquels il devrait être trouvé : avec trop peu de trafic pour cela, aucune nouvelle variante n’est faite.',
      unit: 'days',
    },
  },
  permissions: {
    'pages:read': 'Voir les pages, brouillons compris',
    'pages:write': 'Créer, changer, publier et archiver des pages',
    'submissions:read': 'Lire ce que les visiteurs envoient par formulaire',
    'submissions:write': 'Marquer et supprimer ce que les visiteurs envoient par formulaire',
  },
}
