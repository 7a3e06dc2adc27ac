import { html } from 'hono/html'
import { z } from 'zod'
import { defineBlock, eventName, link, text } from './block.ts'

/** The first thing that a visitor sees. */
export const hero = defineBlock(
  'Hero',
  z.object({
    title: text(160),
    subtitle: text(400).optional(),
    action: z.object({ label: text(60), href: link, click: eventName.default('hero') }).optional(),
  }),
  ({ title, subtitle, action }) => html`<section class="hero">
<h1>${title}</h1>
${subtitle ? html`<p class="lead">${subtitle}</p>` : ''}
${action ? html`<p><a class="button" href="${action.href}" data-track="${action.click}">${action.label}</a></p>` : ''}
</section>`,
)
