import type { Starter } from './starter.ts'

export const leadForm: Starter = {
  key: 'lead-form',
  title: { en: 'Contact form', fr: 'Formulaire de contact' },
  purpose: {
    en: 'One promise and a short form: for people who want to be called back.',
    fr: 'Une promesse et un court formulaire : pour ceux qui veulent être rappelés.',
  },
  content: (say) => ({
    root: { props: { title: say('Talk to us', 'Parlons-en') } },
    content: [
      {
        type: 'Hero',
        props: {
          id: 'hero',
          title: say('Tell us what you need', 'Dites-nous ce qu’il vous faut'),
          subtitle: say(
            'We answer within one working day, without a sales script.',
            'Nous répondons sous un jour ouvré, sans discours commercial.',
          ),
          action: { label: say('Write to us', 'Écrivez-nous'), href: '#contact', click: 'to-form' },
        },
      },
      {
        type: 'Text',
        props: {
          id: 'next',
          heading: say('What happens next', 'Et ensuite'),
          text: say(
            'We read what you wrote.\n\nWe call or write, as you prefer.\n\nYou decide; there is nothing to cancel.',
            'Nous lisons ce que vous avez écrit.\n\nNous vous appelons ou vous écrivons, comme vous préférez.\n\nVous décidez ; il n’y a rien à résilier.',
          ),
        },
      },
      {
        type: 'Form',
        props: {
          id: 'contact',
          anchor: 'contact',
          heading: say('Your question', 'Votre question'),
          fields: [
            { name: 'name', label: say('Name', 'Nom'), autocomplete: 'name' },
            { name: 'email', type: 'email', label: 'E-mail', autocomplete: 'email' },
            {
              name: 'message',
              type: 'textarea',
              label: say('What is it about?', 'De quoi s’agit-il ?'),
              maxLength: 2_000,
            },
          ],
          label: say('Send', 'Envoyer'),
          goal: 'lead',
          thanks: {
            heading: say('Thank you', 'Merci'),
            text: say(
              'We have your question and will answer soon.',
              'Votre question est arrivée, nous répondons bientôt.',
            ),
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
