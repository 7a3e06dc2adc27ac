import { html } from 'hono/html'
import { z } from 'zod'
import { anchor, defineBlock, someOf, text } from './block.ts'
import { fieldNames, isFrench } from './fieldNames.ts'
import { named } from './fieldWords.ts'

/** What the offer can do, side by side. */
export const features = defineBlock({
  type: 'Features',
  description: 'What the offer can do, side by side.',
  props: z.object({
    anchor: anchor.optional(),
    heading: named(text(160), fieldNames.heading),
    items: named(
      someOf(
        z.object({
          title: named(text(120), fieldNames.heading),
          text: named(text(600), fieldNames.text),
        }),
        24,
      ),
      { en: 'Features', fr: 'Fonctions' },
    ),
  }),
  label: { en: 'Features', fr: 'Fonctions' },
  purpose: { en: 'What the offer can do, side by side.', fr: 'Ce que l’offre sait faire, côte à côte.' },
  example: (language) =>
    isFrench(language)
      ? {
          heading: 'Ce que vous obtenez',
          items: [
            { title: 'Premier avantage', text: 'Ce qu’il change pour vos visiteurs.' },
            { title: 'Deuxième avantage', text: 'Ce qu’il change pour vos visiteurs.' },
            { title: 'Troisième avantage', text: 'Ce qu’il change pour vos visiteurs.' },
          ],
        }
      : {
          heading: 'What you get',
          items: [
            { title: 'First benefit', text: 'What it changes for your visitors.' },
            { title: 'Second benefit', text: 'What it changes for your visitors.' },
            { title: 'Third benefit', text: 'What it changes for your visitors.' },
          ],
        },
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
