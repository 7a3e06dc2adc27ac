import { said } from '@espalier/core'
import { html } from 'hono/html'
import { z } from 'zod'
import { anchor, defineBlock, text } from './block.ts'
import { fieldNames } from './fieldNames.ts'
import { named } from './fieldWords.ts'

/** Other blocks side by side; under each other on a phone. */
export const columns = defineBlock({
  type: 'Columns',
  description: 'Other blocks side by side, in the slots column-1 to column-4; under each other on a phone.',
  props: z.object({
    anchor: anchor.optional(),
    heading: named(text(160), fieldNames.heading).optional(),
    columns: named(
      z
        .int(said({ en: 'is not a whole number', fr: 'n’est pas un nombre entier' }))
        .gte(2, said({ en: 'is less than 2', fr: 'est inférieur à 2' }))
        .lte(4, said({ en: 'is more than 4', fr: 'dépasse 4' })),
      {
        en: 'Columns',
        fr: 'Colonnes',
      },
    ).default(2),
  }),
  label: { en: 'Columns', fr: 'Colonnes' },
  purpose: {
    en: 'Other blocks side by side; under each other on a phone.',
    fr: 'D’autres blocs côte à côte ; l’un sous l’autre sur un téléphone.',
  },
  example: () => ({ columns: 2 }),
  slots: ({ columns }) => names(columns),
  slotNames: names(4),
  styles: `.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(14rem,100%),1fr));gap:2.5rem}
.columns section{padding:0}
.columns>div>*+*{margin-top:2rem}`,
  render: ({ anchor, heading, columns }, page) => html`<section${anchor ? html` id="${anchor}"` : ''}>
${heading ? html`<h2>${heading}</h2>` : ''}
<div class="columns">
${names(columns).map((name) => html`<div>${page.slot(name)}</div>`)}
</div>
</section>`,
})

function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `column-${index + 1}`)
}
