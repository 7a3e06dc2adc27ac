import { html } from 'hono/html'
import { z } from 'zod'
import { anchor, defineBlock, eventName, link, listOf, someOf, text } from './block.ts'
import { fieldNames, isFrench } from './fieldNames.ts'
import { named } from './fieldWords.ts'
import { price, priceText } from './price.ts'

/** Plans side by side, with what each costs. */
export const pricing = defineBlock({
  type: 'Pricing',
  description: 'Plans side by side: what each costs, what is in it, and where to get it.',
  props: z.object({
    anchor: anchor.optional(),
    heading: named(text(160), fieldNames.heading),
    text: named(text(600), fieldNames.text).optional(),
    plans: named(
      someOf(
        z.object({
          name: named(text(60), fieldNames.name),
          price,
          /** "per month" */
          period: named(text(40), { en: 'Period, such as “per month”', fr: 'Période, comme « par mois »' }).optional(),
          text: named(text(300), fieldNames.text).optional(),
          features: named(listOf(text(160), 20), { en: 'What is in it', fr: 'Ce qui est compris' }).default([]),
          action: named(
            z.object({ label: named(text(60), fieldNames.buttonLabel), href: link, goal: eventName.optional() }),
            fieldNames.button,
          ).optional(),
          /** The one that most people take. */
          highlighted: named(z.boolean(), { en: 'Highlighted', fr: 'Mise en avant' }).optional(),
        }),
        6,
      ),
      { en: 'Plans', fr: 'Formules' },
    ),
  }),
  label: { en: 'Pricing', fr: 'Tarifs' },
  purpose: {
    en: 'Plans side by side: what each costs, what is in it, and where to get it.',
    fr: 'Des formules côte à côte : leur prix, ce qu’elles comprennent et où les obtenir.',
  },
  example: (language) =>
    isFrench(language)
      ? {
          heading: 'Tarifs',
          plans: [
            { name: 'Essentiel', price: 'Gratuit', features: ['Ce qui est compris'] },
            { name: 'Pro', price: 'Sur demande', features: ['Tout l’essentiel', 'Et plus'], highlighted: true },
          ],
        }
      : {
          heading: 'Pricing',
          plans: [
            { name: 'Basic', price: 'Free', features: ['What is in it'] },
            { name: 'Pro', price: 'On request', features: ['All of Basic', 'And more'], highlighted: true },
          ],
        },
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
