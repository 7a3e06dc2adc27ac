import { html } from 'hono/html'
import { z } from 'zod'
import { anchor, defineBlock, eventName, link, text } from './block.ts'

/** What the page is for: following its link reaches the goal. */
export const callToAction = defineBlock({
  type: 'CallToAction',
  description: 'What the page is for: following its link reaches the goal.',
  props: z.object({
    anchor: anchor.optional(),
    heading: text(160),
    text: text(600).optional(),
    label: text(60),
    href: link,
    /** Name of the goal that a conversion names. */
    goal: eventName,
  }),
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
