import { html } from 'hono/html'
import { z } from 'zod'
import { anchor, defineBlock, text } from './block.ts'

/** Other blocks side by side; under each other on a phone. */
export const columns = defineBlock({
  type: 'Columns',
  description: 'Other blocks side by side, in the slots column-1 to column-4; under each other on a phone.',
  props: z.object({
    anchor: anchor.optional(),
    heading: text(160).optional(),
    columns: z.int('is not a whole number').gte(2, 'is less than 2').lte(4, 'is more than 4').default(2),
  }),
  slots: ({ columns }) => names(columns),
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
