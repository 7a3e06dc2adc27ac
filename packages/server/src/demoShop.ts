/**
 * A second demo page, for the loop: three versions that people wrote, unlike in headline, order and button. No experiment runs on it,
 * so that it can be told to improve itself.
 */
export const demoShop = {
  slug: 'pears',
  title: 'Pear shop',
  variants: [
    {
      key: 'original',
      content: page('Pears from our own trees', [
        hero('Pears from our own trees', 'Picked in the morning, at your door the next day.'),
        features,
        reasons,
        order('Fresh pears, by the box', 'Order a box'),
        questions,
      ]),
    },
    {
      key: 'question',
      content: page('When did you last eat a ripe pear?', [
        hero('When did you last eat a ripe pear?', 'Most are picked green. Ours are not.'),
        order('Taste the difference', 'Send me a box'),
        features,
        questions,
      ]),
    },
    {
      key: 'numbers',
      content: page('Five kilograms of ripe pears in 24 hours', [
        hero('Five kilograms of ripe pears in 24 hours', 'From the tree to your table, without a warehouse.'),
        reasons,
        features,
        order('One box, five kilograms', 'Get my pears'),
      ]),
    },
  ],
}

type Piece = () => { type: string; props: object }

function page(title: string, pieces: readonly Piece[]) {
  return {
    root: { props: { title, description: 'Ripe pears by the box, from the tree to your door in a day.' } },
    content: [...pieces.map((piece) => piece()), footer()],
  }
}

function hero(title: string, subtitle: string): Piece {
  return () => ({
    type: 'Hero',
    props: { id: 'hero', title, subtitle, action: { label: 'See what is in it', href: '#order', click: 'look' } },
  })
}

function features() {
  return {
    type: 'Features',
    props: {
      id: 'features',
      heading: 'What is in the box',
      items: [
        { title: 'Five kilograms', text: 'About thirty pears, of two kinds.' },
        { title: 'Ripe in turn', text: 'Some to eat today, some by the weekend.' },
        { title: 'No plastic', text: 'Paper, straw, and a leaf or two.' },
      ],
    },
  }
}

function reasons() {
  return {
    type: 'Text',
    props: {
      id: 'reasons',
      heading: 'Why ours are different',
      text: 'A pear that ripens on the tree cannot be stacked, so no supermarket sells it.\n\nWe pack what is ripe and send it the same day.',
    },
  }
}

function order(heading: string, label: string): Piece {
  return () => ({
    type: 'CallToAction',
    props: {
      ...{ id: 'order', anchor: 'order', heading, label },
      text: 'The box costs 24 €, delivery included.',
      href: '#order',
      goal: 'order',
    },
  })
}

function questions() {
  return {
    type: 'FAQ',
    props: {
      id: 'questions',
      heading: 'Questions',
      items: [
        { question: 'What if one is bruised?', answer: 'Tell us, and the next box has two more.' },
        { question: 'Can I stop?', answer: 'A box is a box. There is no subscription.' },
      ],
    },
  }
}

function footer() {
  return { type: 'Footer', props: { id: 'footer', text: 'A demo page, served by Espalier.' } }
}
