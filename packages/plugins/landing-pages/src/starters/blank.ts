import type { Starter } from './starter.ts'

export const blank: Starter = {
  key: 'blank',
  title: { en: 'Blank', fr: 'Vierge' },
  purpose: {
    en: 'A headline and a footer: the rest is yours.',
    fr: 'Un titre et un pied de page : le reste est à vous.',
  },
  content: (say) => ({
    root: { props: { title: say('New page', 'Nouvelle page') } },
    content: [
      {
        type: 'Hero',
        props: {
          id: 'hero',
          title: say('Say in one line what you offer', 'Dites en une ligne ce que vous proposez'),
          subtitle: say('For whom, and what changes for them.', 'À qui, et ce que cela change pour eux.'),
        },
      },
      {
        type: 'Footer',
        props: { id: 'footer', text: say('Your company, your city', 'Votre entreprise, votre ville') },
      },
    ],
  }),
}
