import { html } from 'hono/html'
import { z } from 'zod'
import { anchor, defineBlock, someOf, text } from './block.ts'
import { fieldNames, isFrench } from './fieldNames.ts'
import { named } from './fieldWords.ts'

/** Questions that open to their answers, without script. */
export const faq = defineBlock({
  type: 'FAQ',
  description: 'Questions that people ask, each opening to its answer.',
  props: z.object({
    anchor: anchor.optional(),
    heading: named(text(160), fieldNames.heading),
    items: named(
      someOf(
        z.object({
          question: named(text(200), { en: 'Question', fr: 'Question' }),
          answer: named(text(2_000), { en: 'Answer', fr: 'Réponse' }),
        }),
        40,
      ),
      { en: 'Questions', fr: 'Questions' },
    ),
  }),
  label: { en: 'Questions and answers', fr: 'Questions et réponses' },
  purpose: {
    en: 'Questions that people ask, each opening to its answer.',
    fr: 'Les questions que l’on vous pose ; chacune s’ouvre sur sa réponse.',
  },
  example: (language) =>
    isFrench(language)
      ? { heading: 'Questions fréquentes', items: [{ question: 'Une question ?', answer: 'Sa réponse.' }] }
      : { heading: 'Questions', items: [{ question: 'A question?', answer: 'Its answer.' }] },
  styles: `details{border-bottom:1px solid var(--line)}
summary{padding:1rem 0;font-weight:600;cursor:pointer}
details p:last-child{margin-bottom:1.25rem}`,
  render: ({ anchor, heading, items }) => html`<section${anchor ? html` id="${anchor}"` : ''}>
<h2>${heading}</h2>
${items.map(
  ({ question, answer }) => html`<details><summary>${question}</summary>
${answer.split(/\n\s*\n/).map((paragraph) => html`<p>${paragraph}</p>`)}</details>`,
)}
</section>`,
})
