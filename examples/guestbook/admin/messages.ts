import { defineMessages, plural } from '@espalier/admin-kit'

/** What these pages say. French must have exactly the keys of English, or it does not compile. */
export const messages = defineMessages({
  en: {
    title: 'Guestbook',
    lead: 'What visitors wrote. Entries full of links are held back until somebody approves them.',
    name: 'Name',
    text: 'Entry',
    at: 'Written',
    status: 'Status',
    statuses: { WAITING: 'being screened', SHOWN: 'shown', HELD: 'held back' },
    approve: 'Approve',
    empty: 'Nobody has signed yet',
    emptyWhy: 'Send visitors to the form of your page: it posts to /guestbook/<your workspace>.',
    shown: (count: string) => `${count} ${plural.en(count, 'entry is', 'entries are')} shown`,
  },
  fr: {
    title: 'Livre d’or',
    lead: 'Ce que les visiteurs ont écrit. Les entrées pleines de liens attendent que quelqu’un les approuve.',
    name: 'Nom',
    text: 'Entrée',
    at: 'Écrite',
    status: 'État',
    statuses: { WAITING: 'en cours d’examen', SHOWN: 'visible', HELD: 'retenue' },
    approve: 'Approuver',
    empty: 'Personne n’a encore signé',
    emptyWhy: 'Envoyez des visiteurs vers le formulaire de votre page : il écrit à /guestbook/<votre espace>.',
    shown: (count: string) => `${count} ${plural.fr(count, 'entrée est visible', 'entrées sont visibles')}`,
  },
})
