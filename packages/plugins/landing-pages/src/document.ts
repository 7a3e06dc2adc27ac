import { html, raw } from 'hono/html'
import { catalog } from './blocks/catalog.ts'
import type { PageContent } from './content.ts'
import { styles } from './styles.ts'

/** A page as HTML, cut where each visitor's own part goes. */
export interface PageDocument {
  readonly beforeTracker: string
  readonly afterTracker: string
}

/**
 * Renders the content of a page: everything that is the same for all of its visitors.
 *
 * @param address canonical address of the page
 */
export async function renderPage(content: PageContent, language: string, address: string): Promise<PageDocument> {
  const { title, description } = content.root.props
  const blocks = content.content.map(({ type, props }) => catalog.get(type)?.render(props) ?? '')
  const document = await html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
${description ? html`<meta name="description" content="${description}">` : ''}
<link rel="canonical" href="${address}">
<link rel="icon" href="data:,">
<meta property="og:type" content="website">
<meta property="og:title" content="${title}">
${description ? html`<meta property="og:description" content="${description}">` : ''}
<meta property="og:url" content="${address}">
<style>${raw(styles)}</style>
${raw(cut)}
</head>
<body>
<main>
${blocks}
</main>
</body>
</html>`
  const [beforeTracker, afterTracker] = document.toString().split(cut, 2) as [string, string]
  return { beforeTracker, afterTracker }
}

// Escaping leaves no "<" of a person's text, so this cannot come from the content.
const cut = '<!--tracker-->'
