import { html } from 'hono/html'
import { z } from 'zod'
import { anchor, defineBlock, someOf, text } from './block.ts'
import { image } from './image.ts'

/** What customers say. */
export const testimonials = defineBlock({
  type: 'Testimonials',
  description: 'What customers say, with their names.',
  props: z.object({
    anchor: anchor.optional(),
    heading: text(160),
    items: someOf(
      z.object({ quote: text(800), name: text(120), role: text(120).optional(), image: image.optional() }),
      12,
    ),
  }),
  styles: `.voices{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(18rem,100%),1fr));gap:1.5rem}
.voices figure{display:flex;flex-direction:column;margin:0;padding:1.5rem;border-radius:.6rem;background:var(--soft)}
.voices blockquote{margin:0;flex:1}
.voices figcaption{display:flex;gap:.75rem;align-items:center;font-size:.95rem}
.voices img{width:3rem;height:3rem;border-radius:50%;object-fit:cover}
.voices b,.voices span{display:block}`,
  render: ({ anchor, heading, items }, page) => html`<section${anchor ? html` id="${anchor}"` : ''}>
<h2>${heading}</h2>
<div class="voices">
${items.map(
  ({ quote, name, role, image }) => html`<figure><blockquote><p>${quote}</p></blockquote>
<figcaption>${image ? page.image(image, { sizes: '3rem' }) : ''}<div><b>${name}</b>${role ? html`<span>${role}</span>` : ''}</div></figcaption></figure>`,
)}
</div>
</section>`,
})
