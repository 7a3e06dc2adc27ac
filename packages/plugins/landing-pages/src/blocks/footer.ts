import { html } from 'hono/html'
import { z } from 'zod'
import { defineBlock, link, listOf, text } from './block.ts'

export const footer = defineBlock(
  'Footer',
  z.object({
    text: text(400),
    links: listOf(z.object({ label: text(60), href: link }), 20).default([]),
  }),
  ({ text, links }) => html`<footer>
<p>${text}</p>
${links.length > 0 ? html`<ul>${links.map(({ label, href }) => html`<li><a href="${href}">${label}</a></li>`)}</ul>` : ''}
</footer>`,
)
