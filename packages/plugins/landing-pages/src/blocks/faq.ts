import { html } from 'hono/html'
import { z } from 'zod'
import { anchor, defineBlock, someOf, text } from './block.ts'

/** Questions that open to their answers, without script. */
export const faq = defineBlock({
  type: 'FAQ',
  description: 'Questions that people ask, each opening to its answer.',
  props: z.object({
    anchor: anchor.optional(),
    heading: text(160),
    items: someOf(z.object({ question: text(200), answer: text(2_000) }), 40),
  }),
  styles: `details{border-bottom:1px solid var(--line)}
summary{padding:1rem 0;font-weight:600;cursor:pointer}
details p:last-child{margin-bottom:1.25rem}`,
  render: ({ anchor, heading, items }) => html`<section${anchor ? html` id="${anchor}"` : ''}>
<h2>${heading}</h2>
${items.map(
  ({ question, answer }) => html`<details><summary>${question}</summary>
${answer.split(/\n\s*\n/).map((paragraph) => html`<p>${paragraph}</p>`)}</details>`,
)}
</section>`,
})
