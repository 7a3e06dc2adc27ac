import { html } from 'hono/html'
import { z } from 'zod'
import { anchor, defineBlock, someOf, text } from './block.ts'
import { fieldNames, isFrench } from './fieldNames.ts'
import { named } from './fieldWords.ts'
import { image } from './image.ts'

/** What customers say. */
export const testimonials = defineBlock({
  type: 'Testimonials',
  description: 'What customers say, with their names.',
  props: z.object({
    anchor: anchor.optional(),
    heading: named(text(160), fieldNames.heading),
    items: named(
      someOf(
        z.object({
          quote: named(text(800), { en: 'What they say', fr: 'Ce qu’ils disent' }),
          name: named(text(120), fieldNames.name),
          role: named(text(120), { en: 'Role', fr: 'Fonction' }).optional(),
          image: image.optional(),
        }),
        12,
      ),
      { en: 'Voices', fr: 'Témoignages' },
    ),
  }),
  label: { en: 'Testimonials', fr: 'Témoignages' },
  purpose: { en: 'What customers say, with their names.', fr: 'Ce que disent vos clients, avec leur nom.' },
  example: (language) =>
    isFrench(language)
      ? {
          heading: 'Ce qu’ils en disent',
          items: [{ quote: 'Les mots exacts d’un client.', name: 'Nom du client', role: 'Fonction, entreprise' }],
        }
      : {
          heading: 'What they say',
          items: [{ quote: 'The exact words of a customer.', name: 'Name of the customer', role: 'Role, company' }],
        },
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
