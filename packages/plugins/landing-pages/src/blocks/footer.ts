import { html } from 'hono/html'
import { z } from 'zod'
import { defineBlock, link, text } from './block.ts'

export const footer = defineBlock(
  'Footer',
  z.object({
    text: text(400),
    links: z
      .array(z.object({ label: text(60), href: link }))
      .max(20, 'has more than 20 links')
      .default([]),
  }),
  ({ text, links }) => html`<footer>
<p>${text}</p>
${links.length > 0 ? html`<ul>${links.map(({ label, href }) => html`<li><a href="${href}">${label}</a></li>`)}</ul>` : ''}
</footer>`,
)
