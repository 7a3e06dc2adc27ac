import { html } from 'hono/html'
import { z } from 'zod'
import { defineBlock, eventName, link, text } from './block.ts'
import { fieldNames, isFrench } from './fieldNames.ts'
import { named } from './fieldWords.ts'
import { image } from './image.ts'

/** The first thing that a visitor sees. */
export const hero = defineBlock({
  type: 'Hero',
  description: 'The first thing that a visitor sees: the headline of the page, what it offers, one action.',
  label: { en: 'Headline', fr: 'Accroche' },
  purpose: {
    en: 'The first thing that a visitor sees: the headline, what the page offers, one action.',
    fr: 'La première chose qu’un visiteur voit : le titre, ce que la page propose, une action.',
  },
  props: z.object({
    title: named(text(160), { en: 'Headline', fr: 'Titre principal' }),
    subtitle: named(text(400), { en: 'What it offers', fr: 'Ce qui est proposé' }, { input: 'text' }).optional(),
    action: named(
      z.object({
        label: named(text(60), fieldNames.buttonLabel),
        href: link,
        click: named(eventName, { en: 'Name of the click', fr: 'Nom du clic' }).default('hero'),
      }),
      fieldNames.button,
    ).optional(),
    image: image.optional(),
  }),
  example: (language) =>
    isFrench(language)
      ? { title: 'Dites en une ligne ce que vous proposez', subtitle: 'À qui, et ce que cela change.' }
      : { title: 'Say in one line what you offer', subtitle: 'For whom, and what changes for them.' },
  place: 'top',
  styles: `.hero{padding-block:clamp(3rem,8vw,5.5rem) 3rem}
.lead{font-size:1.25rem}
.hero.pair{display:grid;gap:2.5rem;grid-template-columns:repeat(auto-fit,minmax(min(20rem,100%),1fr));align-items:center}`,
  render: ({ title, subtitle, action, image }, page) => html`<section class="hero${image ? ' pair' : ''}">
${image ? html`<div>` : ''}<h1>${title}</h1>
${subtitle ? html`<p class="lead">${subtitle}</p>` : ''}
${action ? html`<p><a class="button" href="${action.href}" data-track="${action.click}">${action.label}</a></p>` : ''}
${image ? html`</div>${page.image(image, { first: true, sizes: '(min-width:60rem) 27rem, 100vw' })}` : ''}
</section>`,
})
