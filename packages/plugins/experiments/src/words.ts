import type { PluginWords } from '@espalier/core'
import type { settings } from './settings.ts'

/** What the plugin, its settings and its permissions are called in the web app. */
export const words: PluginWords<typeof settings> = {
  title: { en: 'Experiments', fr: 'Expériences' },
  about: {
    en: 'Tries versions on visitors, and says which one is better and how sure that is.',
    fr: 'Essaie des versions sur les visiteurs, et dit laquelle est meilleure et avec quelle certitude.',
  },
  settings: {
    confidence: {
      title: { en: 'Confidence', fr: 'Confiance' },
      fr: 'Niveau des intervalles et de la signification, de 50 % à 99,9 %.',
      unit: 'share',
    },
    attributionDays: {
      title: { en: 'Conversions count for', fr: 'Les conversions comptent pendant' },
      fr: 'Jours après la première exposition pendant lesquels une conversion compte pour une expérience.',
      unit: 'days',
    },
    minExposures: {
      title: { en: 'Visitors of each variant, at least', fr: 'Visiteurs par variante, au moins' },
      fr: 'Sujets qu’il faut à chaque variante avant un verdict.',
    },
    minClicks: {
      title: { en: 'Clicks of each variant, at least', fr: 'Clics par variante, au moins' },
      fr: 'Clics qu’il faut à chaque variante avant un verdict, quand les clics sont parmi les mesures.',
    },
    minConversions: {
      title: { en: 'Conversions of each variant, at least', fr: 'Conversions par variante, au moins' },
      fr: 'Conversions qu’il faut à chaque variante avant un verdict, quand l’objectif est une conversion.',
    },
    minDays: {
      title: { en: 'Days, at least', fr: 'Jours, au moins' },
      fr: 'Jours pendant lesquels une expérience court avant un verdict. 7 font une semaine entière, week-end compris.',
      unit: 'days',
    },
    maxDays: {
      title: { en: 'Days, at most', fr: 'Jours, au plus' },
      fr: 'Jours après lesquels une expérience qui n’a rien décidé est non concluante.',
      unit: 'days',
    },
  },
  permissions: {
    'experiments:read': 'Voir les expériences et leurs résultats',
    'experiments:write': 'Créer, changer, démarrer et conclure des expériences',
    'experiments:record':
      'Rapporter quelles variantes des sujets ont rencontrées, et ce qu’ils ont fait : pour les clés de serveurs',
    'experiments:evaluate': 'Demander quelle variante reçoit un sujet, et rien d’autre : pour des clés, même publiques',
  },
}
