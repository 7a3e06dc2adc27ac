import type { Say } from './say.ts'

/**
 * A second demo page, for the loop: three versions that people wrote, unlike in headline, order and button. No experiment runs on it,
 * so that it can be told to improve itself.
 */
export function demoShop(say: Say) {
  return {
    slug: 'pears',
    title: say('Pear shop', 'Les poires'),
    variants: [
      {
        key: 'original',
        content: page(say, say('Pears from our own trees', 'Des poires de nos propres arbres'), [
          hero(
            say('Pears from our own trees', 'Des poires de nos propres arbres'),
            say('Picked in the morning, at your door the next day.', 'Cueillies le matin, chez vous le lendemain.'),
          ),
          features,
          reasons,
          order(
            say('Fresh pears, by the box', 'Des poires fraîches, par cagette'),
            say('Order a box', 'Commander une cagette'),
          ),
          questions,
        ]),
      },
      {
        key: 'question',
        content: page(say, say('When did you last eat a ripe pear?', 'À quand remonte votre dernière poire mûre ?'), [
          hero(
            say('When did you last eat a ripe pear?', 'À quand remonte votre dernière poire mûre ?'),
            say('Most are picked green. Ours are not.', 'La plupart sont cueillies vertes. Pas les nôtres.'),
          ),
          order(say('Taste the difference', 'Goûtez la différence'), say('Send me a box', 'Envoyez-moi une cagette')),
          features,
          questions,
        ]),
      },
      {
        key: 'numbers',
        content: page(say, say('Five kilograms of ripe pears in 24 hours', 'Cinq kilos de poires mûres en 24 heures'), [
          hero(
            say('Five kilograms of ripe pears in 24 hours', 'Cinq kilos de poires mûres en 24 heures'),
            say('From the tree to your table, without a warehouse.', 'De l’arbre à votre table, sans entrepôt.'),
          ),
          reasons,
          features,
          order(say('One box, five kilograms', 'Une cagette, cinq kilos'), say('Get my pears', 'Recevoir mes poires')),
        ]),
      },
    ],
  }
}

type Piece = (say: Say) => { type: string; props: object }

function page(say: Say, title: string, pieces: readonly Piece[]) {
  return {
    root: {
      props: {
        title,
        description: say(
          'Ripe pears by the box, from the tree to your door in a day.',
          'Des poires mûres par cagette, de l’arbre à votre porte en un jour.',
        ),
      },
    },
    content: [...pieces.map((piece) => piece(say)), footer(say)],
  }
}

function hero(title: string, subtitle: string): Piece {
  return (say) => ({
    type: 'Hero',
    props: {
      id: 'hero',
      title,
      subtitle,
      action: { label: say('See what is in it', 'Voir ce qu’elle contient'), href: '#order', click: 'look' },
    },
  })
}

function features(say: Say) {
  return {
    type: 'Features',
    props: {
      id: 'features',
      heading: say('What is in the box', 'Dans la cagette'),
      items: [
        {
          title: say('Five kilograms', 'Cinq kilos'),
          text: say('About thirty pears, of two kinds.', 'Une trentaine de poires, de deux variétés.'),
        },
        {
          title: say('Ripe in turn', 'Mûres à tour de rôle'),
          text: say(
            'Some to eat today, some by the weekend.',
            'Les unes pour aujourd’hui, les autres pour le week-end.',
          ),
        },
        {
          title: say('No plastic', 'Sans plastique'),
          text: say('Paper, straw, and a leaf or two.', 'Du papier, de la paille et une feuille ou deux.'),
        },
      ],
    },
  }
}

function reasons(say: Say) {
  return {
    type: 'Text',
    props: {
      id: 'reasons',
      heading: say('Why ours are different', 'Pourquoi les nôtres sont différentes'),
      text: say(
        'A pear that ripens on the tree cannot be stacked, so no supermarket sells it.\n\nWe pack what is ripe and send it the same day.',
        'Une poire mûrie sur l’arbre ne s’empile pas : aucun supermarché n’en vend.\n\nNous emballons ce qui est mûr et l’envoyons le jour même.',
      ),
    },
  }
}

function order(heading: string, label: string): Piece {
  return (say) => ({
    type: 'CallToAction',
    props: {
      ...{ id: 'order', anchor: 'order', heading, label },
      text: say('The box costs 24 €, delivery included.', 'La cagette coûte 24 €, livraison comprise.'),
      href: '#order',
      goal: 'order',
    },
  })
}

function questions(say: Say) {
  return {
    type: 'FAQ',
    props: {
      id: 'questions',
      heading: say('Questions', 'Questions'),
      items: [
        {
          question: say('What if one is bruised?', 'Et si l’une est abîmée ?'),
          answer: say(
            'Tell us, and the next box has two more.',
            'Dites-le-nous, et la prochaine cagette en aura deux de plus.',
          ),
        },
        {
          question: say('Can I stop?', 'Puis-je arrêter ?'),
          answer: say(
            'A box is a box. There is no subscription.',
            'Une cagette est une cagette. Il n’y a pas d’abonnement.',
          ),
        },
      ],
    },
  }
}

function footer(say: Say) {
  return {
    type: 'Footer',
    props: {
      id: 'footer',
      text: say('A demo page, served by Espalier.', 'Une page de démonstration, servie par Espalier.'),
    },
  }
}
