import type { Say } from './say.ts'

/** The demo page: two headlines for one offer. */
export function demoPage(say: Say) {
  return {
    slug: 'welcome',
    title: say('Welcome page', 'Page d’accueil'),
    variants: [
      {
        key: 'control',
        name: say('Names the tool', 'Nomme l’outil'),
        content: contentWith(
          say,
          say('The growth platform that you host yourself', 'La plateforme de croissance que vous hébergez vous-même'),
        ),
      },
      {
        key: 'result',
        name: say('Names the result', 'Nomme le résultat'),
        content: contentWith(
          say,
          say('Twice the sign-ups, without a single guess', 'Deux fois plus d’inscriptions, sans rien deviner'),
        ),
      },
    ],
  }
}

function contentWith(say: Say, headline: string) {
  return {
    root: {
      props: {
        title: headline,
        description: say(
          'Landing pages, experiments and live numbers on one Postgres of your own.',
          'Pages, expériences et chiffres en direct, sur un Postgres bien à vous.',
        ),
      },
    },
    content: [
      {
        type: 'Hero',
        props: {
          id: 'hero',
          title: headline,
          subtitle: say(
            'Publish a page, try two versions of it on your visitors, and watch the numbers move while they come in.',
            'Publiez une page, essayez-en deux versions sur vos visiteurs, et regardez les chiffres bouger à mesure qu’ils arrivent.',
          ),
          action: { label: say('See how it works', 'Voir comment cela marche'), href: '#how', click: 'see-how' },
        },
      },
      {
        type: 'Features',
        props: {
          id: 'features',
          heading: say('What it does', 'Ce qu’elle fait'),
          items: [
            {
              title: say('Pages', 'Pages'),
              text: say(
                'Served as plain HTML, without a framework on the way to your visitor.',
                'Servies en HTML tout simple, sans rien qui ralentisse vos visiteurs.',
              ),
            },
            {
              title: say('Experiments', 'Expériences'),
              text: say(
                'The same visitor always sees the same version, and nobody is counted twice.',
                'Le même visiteur voit toujours la même version, et personne n’est compté deux fois.',
              ),
            },
            {
              title: say('Live numbers', 'Chiffres en direct'),
              text: say(
                'Every figure comes from the log of what happened, within a second.',
                'Chaque chiffre vient du journal de ce qui s’est passé, en moins d’une seconde.',
              ),
            },
          ],
        },
      },
      {
        type: 'Text',
        props: {
          id: 'how',
          anchor: 'how',
          heading: say('How it works', 'Comment cela marche'),
          text: say(
            'Your visitor asks for the page, and the experiment picks a version.\n\nThe tracker reports what was seen and clicked; the report is acknowledged once it is safely stored.\n\nThe experiment counts it in the same transaction, and everyone who watches sees it.',
            'Votre visiteur demande la page, et l’expérience choisit une version.\n\nLe traceur rapporte ce qui est vu et cliqué ; le rapport est confirmé une fois enregistré.\n\nL’expérience le compte dans la même transaction, et tous ceux qui regardent le voient.',
          ),
        },
      },
      {
        type: 'CallToAction',
        props: {
          id: 'signup',
          heading: say('Try it with your own page', 'Essayez avec votre propre page'),
          text: say(
            'This button is the goal of the experiment: following it counts as a sign-up.',
            'Ce bouton est l’objectif de l’expérience : le suivre compte comme une inscription.',
          ),
          label: say('Sign up', 'S’inscrire'),
          href: '#thanks',
          goal: 'signup',
        },
      },
      {
        type: 'Text',
        props: {
          id: 'thanks',
          anchor: 'thanks',
          heading: say('After the button', 'Après le bouton'),
          text: say(
            'You land here, and the experiment has counted you already: look at its numbers.',
            'Vous arrivez ici, et l’expérience vous a déjà compté : regardez ses chiffres.',
          ),
        },
      },
      {
        type: 'Form',
        props: {
          id: 'question',
          anchor: 'question',
          heading: say('Ask us something', 'Posez-nous une question'),
          fields: [
            { name: 'email', type: 'email', label: say('E-mail', 'E-mail'), autocomplete: 'email' },
            { name: 'question', type: 'textarea', label: say('Your question', 'Votre question'), maxLength: 2_000 },
          ],
          label: say('Send', 'Envoyer'),
          thanks: { heading: say('Your question is kept', 'Votre question est gardée') },
        },
      },
      {
        type: 'Footer',
        props: {
          id: 'footer',
          text: say('A demo page, served by Espalier.', 'Une page de démonstration, servie par Espalier.'),
        },
      },
    ],
  }
}
