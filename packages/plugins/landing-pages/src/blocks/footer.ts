import { html } from 'hono/html'
import { z } from 'zod'
import { defineBlock, link, listOf, text } from './block.ts'
import { fieldNames, isFrench } from './fieldNames.ts'
import { named } from './fieldWords.ts'

export const footer = defineBlock({
  type: 'Footer',
  description: 'Who is behind the page, and links such as the imprint. Shown after everything else.',
  props: z.object({
    text: named(text(400), fieldNames.text, { input: 'text' }),
    links: named(listOf(z.object({ label: named(text(60), fieldNames.linkLabel), href: link }), 20), {
      en: 'Links',
      fr: 'Liens',
    }).default([]),
  }),
  label: { en: 'Footer', fr: 'Pied de page' },
  purpose: {
    en: 'Who is behind the page, and links such as the imprint. Shown after everything else.',
    fr: 'Qui est derrière la page, et des liens comme les mentions légales. Affiché après tout le reste.',
  },
  example: (language) =>
    isFrench(language)
      ? { text: 'Votre entreprise, votre ville', links: [] }
      : { text: 'Your company, your city', links: [] },
  place: 'end',
  styles: `footer{border-top:1px solid var(--line);font-size:.95rem}
footer ul{display:flex;flex-wrap:wrap;gap:1rem;margin:0;padding:0;list-style:none}`,
  render: ({ text, links }) => html`<footer>
<p>${text}</p>
${links.length > 0 ? html`<ul>${links.map(({ label, href }) => html`<li><a href="${href}">${label}</a></li>`)}</ul>` : ''}
</footer>`,
})
