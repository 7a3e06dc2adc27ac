import { html } from 'hono/html'
import { z } from 'zod'
import { defineBlock, link, listOf, text } from './block.ts'

export const footer = defineBlock({
  type: 'Footer',
  description: 'Who is behind the page, and links such as the imprint. Shown after everything else.',
  props: z.object({
    text: text(400),
    links: listOf(z.object({ label: text(60), href: link }), 20).default([]),
  }),
  place: 'end',
  styles: `footer{border-top:1px solid var(--line);font-size:.95rem}
footer ul{display:flex;flex-wrap:wrap;gap:1rem;margin:0;padding:0;list-style:none}`,
  render: ({ text, links }) => html`<footer>
<p>${text}</p>
${links.length > 0 ? html`<ul>${links.map(({ label, href }) => html`<li><a href="${href}">${label}</a></li>`)}</ul>` : ''}
</footer>`,
})
