import type { Starter } from './starter.ts'

export const event: Starter = {
  key: 'event',
  title: { en: 'Event', fr: 'Événement' },
  purpose: {
    en: 'When, where, who speaks, and a form to register.',
    fr: 'Quand, où, qui parle, et un formulaire pour s’inscrire.',
  },
  content: (say) => ({
    root: { props: { title: say('Name of the event', 'Nom de l’événement') } },
    content: [
      {
        type: 'Hero',
        props: {
          id: 'hero',
          title: say('Name of the event', 'Nom de l’événement'),
          subtitle: say('Day, time and place, in one line.', 'Le jour, l’heure et le lieu, en une ligne.'),
          action: { label: say('Register', 'S’inscrire'), href: '#register', click: 'to-registration' },
        },
      },
      {
        type: 'Columns',
        props: {
          id: 'facts',
          columns: 2,
          'column-1': [
            {
              type: 'Text',
              props: {
                id: 'programme',
                heading: say('Programme', 'Programme'),
                text: say(
                  '18:00 Doors open\n\n18:30 First talk\n\n20:00 Drinks',
                  '18 h Ouverture\n\n18 h 30 Première intervention\n\n20 h Verre de l’amitié',
                ),
              },
            },
          ],
          'column-2': [
            {
              type: 'Text',
              props: {
                id: 'place',
                heading: say('Getting there', 'Venir'),
                text: say('Address, and the nearest stop.', 'L’adresse, et l’arrêt le plus proche.'),
              },
            },
          ],
        },
      },
      {
        type: 'Form',
        props: {
          id: 'register',
          anchor: 'register',
          heading: say('Register', 'S’inscrire'),
          fields: [
            { name: 'name', label: say('Name', 'Nom'), autocomplete: 'name' },
            { name: 'email', type: 'email', label: 'E-mail', autocomplete: 'email' },
          ],
          label: say('Reserve a seat', 'Réserver une place'),
          goal: 'registration',
          thanks: {
            heading: say('Your seat is reserved', 'Votre place est réservée'),
            text: say('See you there.', 'À bientôt.'),
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
