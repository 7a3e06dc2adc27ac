import { defineMessages } from '@espalier/admin-kit'

/** What all pages about models share. */
export const messages = defineMessages({
  en: {
    generations: 'Generations',
    costs: 'Costs',
    service: 'Model service',
    status: {
      PLANNED: 'planned',
      ATTEMPTED: 'under way',
      SUCCEEDED: 'answered',
      FAILED: 'failed',
      UNKNOWN: 'outcome unknown',
    },
    cached: 'from memory, free',
    unpriced: 'no price',
    allPurposes: 'All purposes',
  },
  fr: {
    generations: 'Générations',
    costs: 'Coûts',
    service: 'Service de modèles',
    status: {
      PLANNED: 'prévu',
      ATTEMPTED: 'en cours',
      SUCCEEDED: 'répondu',
      FAILED: 'échoué',
      UNKNOWN: 'issue inconnue',
    },
    cached: 'de mémoire, gratuit',
    unpriced: 'sans prix',
    allPurposes: 'Tous usages',
  },
})
