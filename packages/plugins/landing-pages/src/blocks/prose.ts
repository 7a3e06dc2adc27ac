import { html } from 'hono/html'
import { z } from 'zod'
import { anchor, defineBlock, text } from './block.ts'

/** Paragraphs, with a blank line between them in the source. */
export const prose = defineBlock({
  type: 'Text',
  description: 'Paragraphs under a heading, with a blank line between them.',
  props: z.object({ anchor: anchor.optional(), heading: text(160).optional(), text: text(20_000) }),
  render: ({ anchor, heading, text }) => html`<section${anchor ? html` id="${anchor}"` : ''}>
${heading ? html`<h2>${heading}</h2>` : ''}
${text.split(/\n\s*\n/).map((paragraph) => html`<p>${paragraph}</p>`)}
</section>`,
})
