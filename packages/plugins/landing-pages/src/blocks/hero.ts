import { html } from 'hono/html'
import { z } from 'zod'
import { defineBlock, eventName, link, text } from './block.ts'
import { image } from './image.ts'

/** The first thing that a visitor sees. */
export const hero = defineBlock({
  type: 'Hero',
  description: 'The first thing that a visitor sees: the headline of the page, what it offers, one action.',
  props: z.object({
    title: text(160),
    subtitle: text(400).optional(),
    action: z.object({ label: text(60), href: link, click: eventName.default('hero') }).optional(),
    image: image.optional(),
  }),
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
