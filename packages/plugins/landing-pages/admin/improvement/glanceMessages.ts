import { defineMessages, plural } from '@espalier/admin-kit'

/** What the dashboard and the navigation say of it: apart, so that they need not bring all the words of its pages. */
export const glanceMessages = defineMessages({
  en: {
    waits: (count: number) => `${count} ${plural.en(count, 'step waits', 'steps wait')} for you`,
    decide: (page: string) => `Decide about “${page}”`,
    latest: 'Latest',
    nothingLately: 'Nothing in this time. Pages that improve themselves tell here what they did.',
    all: 'All pages',
  },
  fr: {
    waits: (count: number) => `${count} ${plural.fr(count, 'étape vous attend', 'étapes vous attendent')}`,
    decide: (page: string) => `Décider pour « ${page} »`,
    latest: 'Dernières étapes',
    nothingLately: 'Rien durant cette période. Les pages qui s’améliorent disent ici ce qu’elles ont fait.',
    all: 'Toutes les pages',
  },
})
