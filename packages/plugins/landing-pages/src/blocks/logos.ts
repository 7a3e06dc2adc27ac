import { html } from 'hono/html'
import { z } from 'zod'
import { defineBlock, link, someOf, text } from './block.ts'
import { image } from './image.ts'

/** Who uses the offer, at a glance. */
export const logos = defineBlock({
  type: 'Logos',
  description: 'Logos of customers, partners or press. The alternative text of each is the name.',
  props: z.object({
    heading: text(160).optional(),
    items: someOf(
      z.object({ image, href: link.optional() }).refine(({ href, image }) => href === undefined || image.alt !== '', {
        path: ['image', 'alt'],
        message: 'is empty, but names where the link leads',
      }),
      24,
    ),
  }),
  styles: `.logos{display:flex;flex-wrap:wrap;align-items:center;justify-content:center;gap:1.5rem 3rem;margin:0;padding:0;list-style:none}
.logos img{display:block;width:auto;height:auto;max-width:10rem;max-height:3rem}`,
  render: ({ heading, items }, page) => html`<section>
${heading ? html`<h2>${heading}</h2>` : ''}
<ul class="logos">
${items.map(({ image, href }) => {
  const picture = page.image(image, { sizes: '10rem' })
  return html`<li>${href ? html`<a href="${href}">${picture}</a>` : picture}</li>`
})}
</ul>
</section>`,
})
