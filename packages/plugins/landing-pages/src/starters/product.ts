import type { Starter } from './starter.ts'

export const product: Starter = {
  key: 'product',
  title: { en: 'Product', fr: 'Produit' },
  purpose: {
    en: 'Shows what a product does, what it costs and what people ask, and leads to a sign-up.',
    fr: 'Montre ce que fait un produit, ce qu’il coûte et ce que l’on demande, et mène à une inscription.',
  },
  content: (say) => ({
    root: {
      props: {
        title: say('Your product in one line', 'Votre produit en une ligne'),
        description: say('What it does, for whom, and why now.', 'Ce qu’il fait, pour qui et pourquoi maintenant.'),
      },
    },
    content: [
      {
        type: 'Hero',
        props: {
          id: 'hero',
          title: say('The result that people want', 'Le résultat que les gens veulent'),
          subtitle: say(
            'Say for whom it is and what it takes off their hands.',
            'Dites à qui il s’adresse et de quoi il les décharge.',
          ),
          action: { label: say('See the plans', 'Voir les formules'), href: '#pricing', click: 'see-plans' },
        },
      },
      {
        type: 'Features',
        props: {
          id: 'features',
          heading: say('What you get', 'Ce que vous obtenez'),
          items: [
            {
              title: say('First benefit', 'Premier avantage'),
              text: say(
                'What it changes, in the words of your customers.',
                'Ce qu’il change, avec les mots de vos clients.',
              ),
            },
            {
              title: say('Second benefit', 'Deuxième avantage'),
              text: say(
                'One thing at a time, and how they notice it.',
                'Une chose à la fois, et comment ils le remarquent.',
              ),
            },
            {
              title: say('Third benefit', 'Troisième avantage'),
              text: say('Name a number if you have measured one.', 'Donnez un chiffre si vous en avez mesuré un.'),
            },
          ],
        },
      },
      {
        type: 'Pricing',
        props: {
          id: 'plans',
          anchor: 'pricing',
          heading: say('Pricing', 'Tarifs'),
          plans: [
            {
              name: say('Basic', 'Essentiel'),
              price: say('Free', 'Gratuit'),
              features: [say('What is in it', 'Ce qui est compris')],
              action: { label: say('Start', 'Commencer'), href: '#start', goal: 'signup' },
            },
            {
              name: 'Pro',
              price: say('On request', 'Sur demande'),
              features: [say('All of Basic', 'Tout l’Essentiel'), say('And more', 'Et plus')],
              action: { label: say('Start', 'Commencer'), href: '#start', goal: 'signup' },
              highlighted: true,
            },
          ],
        },
      },
      {
        type: 'FAQ',
        props: {
          id: 'faq',
          heading: say('Questions', 'Questions'),
          items: [
            {
              question: say('What does it take to start?', 'Que faut-il pour commencer ?'),
              answer: say('Answer in one sentence.', 'Répondez en une phrase.'),
            },
            {
              question: say('How do I leave again?', 'Comment arrêter ?'),
              answer: say('A plain answer builds trust.', 'Une réponse franche inspire confiance.'),
            },
          ],
        },
      },
      {
        type: 'CallToAction',
        props: {
          id: 'start',
          anchor: 'start',
          heading: say('Ready to start?', 'Prêt à commencer ?'),
          label: say('Create your account', 'Créer votre compte'),
          href: '#start',
          goal: 'signup',
        },
      },
      {
        type: 'Footer',
        props: { id: 'footer', text: say('Your company, your city', 'Votre entreprise, votre ville') },
      },
    ],
  }),
}
