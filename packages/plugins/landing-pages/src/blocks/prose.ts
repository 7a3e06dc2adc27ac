import { html } from 'hono/html'
import { z } from 'zod'
import { anchor, defineBlock, text } from './block.ts'
import { fieldNames, isFrench } from './fieldNames.ts'
import { named } from './fieldWords.ts'

/** Paragraphs, with a blank line between them in the source. */
export const prose = defineBlock({
  type: 'Text',
  description: 'Paragraphs under a heading, with a blank line between them.',
  label: { en: 'Text', fr: 'Texte' },
  purpose: { en: 'Paragraphs under a heading.', fr: 'Des paragraphes sous un titre.' },
  props: z.object({
    anchor: anchor.optional(),
    heading: named(text(160), fieldNames.heading).optional(),
    text: named(text(20_000), fieldNames.text, {
      hint: { en: 'A blank line begins a paragraph.', fr: 'Une ligne vide commence un paragraphe.' },
    }),
  }),
  example: (language) =>
    isFrench(language)
      ? { heading: 'Comment cela marche', text: 'Un paragraphe qui répond à une question de vos visiteurs.' }
      : { heading: 'How it works', text: 'A paragraph that answers one question of your visitors.' },
  render: ({ anchor, heading, text }) => html`<section${anchor ? html` id="${anchor}"` : ''}>
${heading ? html`<h2>${heading}</h2>` : ''}
${text.split(/\n\s*\n/).map((paragraph) => html`<p>${paragraph}</p>`)}
</section>`,
})
