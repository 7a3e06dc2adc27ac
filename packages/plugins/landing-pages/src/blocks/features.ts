import { html } from 'hono/html'
import { z } from 'zod'
import { anchor, defineBlock, someOf, text } from './block.ts'

/** What the offer can do, side by side. */
export const features = defineBlock({
  type: 'Features',
  description: 'What the offer can do, side by side.',
  props: z.object({
    anchor: anchor.optional(),
    heading: text(160),
    items: someOf(z.object({ title: text(120), text: text(600) }), 24),
  }),
  styles: `.features{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(15rem,100%),1fr));gap:1.5rem;margin:0;padding:0;list-style:none}
.features li{padding:1.25rem;border-radius:.6rem;background:var(--soft)}
.features p{margin:0}`,
  render: ({ anchor, heading, items }) => html`<section${anchor ? html` id="${anchor}"` : ''}>
<h2>${heading}</h2>
<ul class="features">
${items.map((item) => html`<li><h3>${item.title}</h3><p>${item.text}</p></li>`)}
</ul>
</section>`,
})
