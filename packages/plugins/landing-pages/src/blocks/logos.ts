import { said } from '@espalier/core'
import { html } from 'hono/html'
import { z } from 'zod'
import { defineBlock, link, someOf, text } from './block.ts'
import { fieldNames } from './fieldNames.ts'
import { named } from './fieldWords.ts'
import { image } from './image.ts'

/** Who uses the offer, at a glance. */
export const logos = defineBlock({
  type: 'Logos',
  description: 'Logos of customers, partners or press. The alternative text of each is the name.',
  props: z.object({
    heading: named(text(160), fieldNames.heading).optional(),
    items: named(
      someOf(
        z.object({ image, href: link.optional() }).refine(({ href, image }) => href === undefined || image.alt !== '', {
          path: ['image', 'alt'],
          message: said({
            en: 'is empty, but names where the link leads',
            fr: 'est vide, alors qu’il dit où mène le lien',
          }),
        }),
        24,
      ),
      { en: 'Logos', fr: 'Logos' },
    ),
  }),
  label: { en: 'Logos', fr: 'Logos' },
  purpose: {
    en: 'Logos of customers, partners or press. What each shows is its name.',
    fr: 'Des logos de clients, de partenaires ou de la presse. Ce que chacun montre est son nom.',
  },
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
