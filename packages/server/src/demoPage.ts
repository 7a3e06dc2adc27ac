/** The demo page: two headlines for one offer. */
export const demoPage = {
  slug: 'welcome',
  variants: [
    { key: 'control', name: 'Names the tool', content: contentWith('The growth platform that you host yourself') },
    { key: 'result', name: 'Names the result', content: contentWith('Twice the sign-ups, without a single guess') },
  ],
}

function contentWith(headline: string) {
  return {
    root: {
      props: {
        title: headline,
        description: 'Landing pages, experiments and live numbers on one Postgres of your own.',
      },
    },
    content: [
      {
        type: 'Hero',
        props: {
          id: 'hero',
          title: headline,
          subtitle:
            'Publish a page, try two versions of it on your visitors, and watch the numbers move while they come in.',
          action: { label: 'See how it works', href: '#how', click: 'see-how' },
        },
      },
      {
        type: 'Features',
        props: {
          id: 'features',
          heading: 'What it does',
          items: [
            { title: 'Pages', text: 'Served as plain HTML, without a framework on the way to your visitor.' },
            {
              title: 'Experiments',
              text: 'The same visitor always sees the same version, and nobody is counted twice.',
            },
            { title: 'Live numbers', text: 'Every figure comes from the log of what happened, within a second.' },
          ],
        },
      },
      {
        type: 'Text',
        props: {
          id: 'how',
          anchor: 'how',
          heading: 'How it works',
          text: 'Your visitor asks for the page, and the experiment picks a version.\n\nThe tracker reports what was seen and clicked; the report is acknowledged once it is safely stored.\n\nThe experiment counts it in the same transaction, and everyone who watches sees it.',
        },
      },
      {
        type: 'CallToAction',
        props: {
          id: 'signup',
          heading: 'Try it with your own page',
          text: 'This button is the goal of the experiment: following it counts as a sign-up.',
          label: 'Sign up',
          href: '#thanks',
          goal: 'signup',
        },
      },
      {
        type: 'Text',
        props: {
          id: 'thanks',
          anchor: 'thanks',
          heading: 'After the button',
          text: 'You land here, and the experiment has counted you already: look at its numbers.',
        },
      },
      {
        type: 'Form',
        props: {
          id: 'question',
          anchor: 'question',
          heading: 'Ask us something',
          fields: [
            { name: 'email', type: 'email', label: 'E-mail', autocomplete: 'email' },
            { name: 'question', type: 'textarea', label: 'Your question', maxLength: 2_000 },
          ],
          label: 'Send',
          thanks: { heading: 'Your question is kept' },
        },
      },
      { type: 'Footer', props: { id: 'footer', text: 'A demo page, served by Espalier.' } },
    ],
  }
}
