import { html } from 'hono/html'
import { z } from 'zod'
import { anchor, defineBlock, eventName, link, listOf, someOf, text } from './block.ts'
import { price, priceText } from './price.ts'

/** Plans side by side, with what each costs. */
export const pricing = defineBlock({
  type: 'Pricing',
  description: 'Plans side by side: what each costs, what is in it, and where to get it.',
  props: z.object({
    anchor: anchor.optional(),
    heading: text(160),
    text: text(600).optional(),
    plans: someOf(
      z.object({
        name: text(60),
        price,
        /** "per month" */
        period: text(40).optional(),
        text: text(300).optional(),
        features: listOf(text(160), 20).default([]),
        action: z.object({ label: text(60), href: link, goal: eventName.optional() }).optional(),
        /** The one that most people take. */
        highlighted: z.boolean().optional(),
      }),
      6,
    ),
  }),
  styles: `.plans{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(15rem,100%),1fr));gap:1.5rem;margin:0;padding:0;list-style:none}
.plans>li{display:flex;flex-direction:column;padding:1.5rem;border:1px solid var(--line);border-radius:.6rem}
.plans>.best{border:2px solid var(--accent);background:var(--soft)}
.plans .price{font-size:2rem;font-weight:700;line-height:1.2}
.plans .price small{font-size:1rem;font-weight:400}
.plans ul{margin:0 0 1.25rem;padding-left:1.2rem;flex:1}
.plans p:last-child{margin:0}`,
  render: ({ anchor, heading, text, plans }, { language }) => html`<section${anchor ? html` id="${anchor}"` : ''}>
<h2>${heading}</h2>
${text ? html`<p>${text}</p>` : ''}
<ul class="plans">
${plans.map(
  (plan) => html`<li${plan.highlighted ? html` class="best"` : ''}><h3>${plan.name}</h3>
<p class="price">${priceText(plan.price, language)}${plan.period ? html` <small>${plan.period}</small>` : ''}</p>
${plan.text ? html`<p>${plan.text}</p>` : ''}
${plan.features.length > 0 ? html`<ul>${plan.features.map((feature) => html`<li>${feature}</li>`)}</ul>` : ''}
${plan.action ? html`<p><a class="button" href="${plan.action.href}"${plan.action.goal ? html` data-goal="${plan.action.goal}"` : ''}>${plan.action.label}<span class="unseen">: ${plan.name}</span></a></p>` : ''}</li>`,
)}
</ul>
</section>`,
})
