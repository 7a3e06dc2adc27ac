import type { Starter } from './starter.ts'

export const waitlist: Starter = {
  key: 'waitlist',
  title: { en: 'Waiting list', fr: 'Liste d’attente' },
  purpose: {
    en: 'Something is on its way: collect the addresses of those who want it first.',
    fr: 'Quelque chose arrive : recueillez les adresses de ceux qui le veulent en premier.',
  },
  content: (say) => ({
    root: { props: { title: say('Coming soon', 'Bientôt') } },
    content: [
      {
        type: 'Hero',
        props: {
          id: 'hero',
          title: say('What is on its way', 'Ce qui arrive'),
          subtitle: say('Why it is worth a minute, in one sentence.', 'Pourquoi cela vaut une minute, en une phrase.'),
        },
      },
      {
        type: 'Form',
        props: {
          id: 'waitlist',
          heading: say('Be the first to know', 'Soyez les premiers prévenus'),
          fields: [{ name: 'email', type: 'email', label: 'E-mail', autocomplete: 'email' }],
          label: say('Put me on the list', 'M’inscrire sur la liste'),
          goal: 'waitlist',
          thanks: {
            heading: say('You are on the list', 'Vous êtes sur la liste'),
            text: say('We write once, when it is there.', 'Nous écrivons une fois, quand c’est prêt.'),
          },
        },
      },
      {
        type: 'Footer',
        props: { id: 'footer', text: say('Your company, your city', 'Votre entreprise, votre ville') },
      },
    ],
  }),
}
