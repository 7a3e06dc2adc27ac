import { html } from 'hono/html'
import { z } from 'zod'
import { anchor, defineBlock, eventName, link, text } from './block.ts'
import { fieldNames, isFrench } from './fieldNames.ts'
import { named } from './fieldWords.ts'

/** What the page is for: following its link reaches the goal. */
export const callToAction = defineBlock({
  type: 'CallToAction',
  description: 'What the page is for: following its link reaches the goal.',
  props: z.object({
    anchor: anchor.optional(),
    heading: named(text(160), fieldNames.heading),
    text: named(text(600), fieldNames.text).optional(),
    label: named(text(60), fieldNames.buttonLabel),
    href: link,
    /** Name of the goal that a conversion names. */
    goal: eventName,
  }),
  label: { en: 'Call to action', fr: 'Appel à l’action' },
  purpose: {
    en: 'What the page is for: following its link reaches the goal.',
    fr: 'Ce à quoi sert la page : suivre son lien atteint l’objectif.',
  },
  example: (language) =>
    isFrench(language)
      ? { heading: 'Prêt à commencer ?', label: 'Commencer', href: '#', goal: 'signup' }
      : { heading: 'Ready to start?', label: 'Start', href: '#', goal: 'signup' },
  styles: '.action{border-radius:.8rem;background:var(--soft)}.columns .action{padding:1.5rem}',
  render: ({
    anchor,
    heading,
    text,
    label,
    href,
    goal,
  }) => html`<section class="action"${anchor ? html` id="${anchor}"` : ''}>
<h2>${heading}</h2>
${text ? html`<p>${text}</p>` : ''}
<p><a class="button" href="${href}" data-goal="${goal}">${label}</a></p>
</section>`,
})
