import { html } from 'hono/html'
import { z } from 'zod'
import { defineBlock, listOf, text } from './block.ts'

/** What the offer can do, side by side. */
export const features = defineBlock(
  'Features',
  z.object({
    heading: text(160),
    items: listOf(z.object({ title: text(120), text: text(600) }), 24).refine((items) => items.length > 0, 'is empty'),
  }),
  ({ heading, items }) => html`<section>
<h2>${heading}</h2>
<ul class="features">
${items.map((item) => html`<li><h3>${item.title}</h3><p>${item.text}</p></li>`)}
</ul>
</section>`,
)
