import { defineMessages } from '@espalier/admin-kit'

export const now = defineMessages({
  en: {
    visitors: 'Visitors',
    fiveMinutes: 'in 5 minutes',
    conversions: 'Conversions',
    halfAnHour: 'in 30 minutes',
    events: 'Events',
    aSecond: 'a second',
    paths: 'What they look at',
    nobody: 'Nobody is here at the moment.',
  },
  fr: {
    visitors: 'Visiteurs',
    fiveMinutes: 'en 5 minutes',
    conversions: 'Conversions',
    halfAnHour: 'en 30 minutes',
    events: 'Événements',
    aSecond: 'par seconde',
    paths: 'Ce qu’ils regardent',
    nobody: 'Il n’y a personne pour le moment.',
  },
})
