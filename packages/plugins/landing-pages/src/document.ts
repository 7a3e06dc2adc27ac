import { html, raw } from 'hono/html'
import { type BlockData, isSlot } from './blockData.ts'
import type { Markup } from './blocks/block.ts'
import type { AnyBlock, Catalog } from './blocks/catalog.ts'
import { tokenSlot } from './blocks/form.ts'
import { type ImageRenderer, plainImages } from './blocks/image.ts'
import type { FormAnswer } from './blocks/rendering.ts'
import type { PageContent } from './content.ts'
import { styles } from './styles.ts'

/** A page as HTML, cut where each visitor's own part goes. */
export interface PageDocument {
  readonly beforeTracker: string
  readonly afterTracker: string
  /** Whether a form token has to be put in: see {@link withFormToken}. */
  readonly hasForms: boolean
  /** `props.id` of a block → what the HTML ids within it start with. */
  readonly keys: ReadonlyMap<string, string>
}

export interface RenderOptions {
  readonly catalog: Catalog
  /** BCP 47. */
  readonly language: string
  /** Address of the page, where it is its own canonical one. */
  readonly address: string
  readonly images?: ImageRenderer
  /** Forms are shown, but send nothing. Search engines are told to stay away. */
  readonly preview?: boolean
  /** A form to show again, by the id of its block. */
  readonly answers?: ReadonlyMap<string, FormAnswer>
  /** Told of blocks that are left out: of unknown types, and those that their definition no longer takes. */
  readonly onLeftOut?: (block: BlockData, reason: string) => void
}

/** Renders the content of a page: everything that is the same for all of its visitors. */
export async function renderPage(content: PageContent, options: RenderOptions): Promise<PageDocument> {
  const { title, description, image, canonical, noindex } = content.root.props
  const { language, address, images = plainImages, preview = false } = options
  const shared = image && images.address(image)
  const blocks = await new PageRenderer(content, options).render()
  const document = await html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
${description ? html`<meta name="description" content="${description}">` : ''}
<link rel="canonical" href="${canonical ?? address}">
${preview || noindex ? html`<meta name="robots" content="noindex, nofollow">` : ''}
<link rel="icon" href="data:,">
<meta property="og:type" content="website">
<meta property="og:title" content="${title}">
${description ? html`<meta property="og:description" content="${description}">` : ''}
<meta property="og:url" content="${canonical ?? address}">
<meta property="og:locale" content="${openGraphLocale(language)}">
${
  image && shared
    ? html`<meta property="og:image" content="${new URL(shared, address).href}">
${image.width && image.height ? html`<meta property="og:image:width" content="${image.width}"><meta property="og:image:height" content="${image.height}">` : ''}
${image.alt ? html`<meta property="og:image:alt" content="${image.alt}">` : ''}
<meta name="twitter:card" content="summary_large_image">`
    : html`<meta name="twitter:card" content="summary">`
}
<style>${raw([styles, ...blocks.styles].join('\n'))}</style>
${raw(cut)}
</head>
<body>
<main>
${blocks.main}
</main>
${blocks.end}
</body>
</html>`
  const [beforeTracker, afterTracker] = document.toString().split(cut, 2) as [string, string]
  return { beforeTracker, afterTracker, hasForms: afterTracker.includes(tokenSlot), keys: blocks.keys }
}

/** The page's own part with a visitor's form token in each of its forms. */
export function withFormToken(html: string, token: string): string {
  return html.replaceAll(tokenSlot, token)
}

// Escaping leaves no "<" of a person's text, so this cannot come from the content.
const cut = '<!--tracker-->'

class PageRenderer {
  readonly #content: PageContent
  readonly #options: RenderOptions
  readonly #used = new Set<AnyBlock>()
  readonly #keys = new Map<string, string>()

  constructor(content: PageContent, options: RenderOptions) {
    this.#content = content
    this.#options = options
  }

  async render(): Promise<{ main: Markup[]; end: Markup[]; styles: string[]; keys: Map<string, string> }> {
    const isEnd = ({ type }: BlockData) => this.#options.catalog.get(type)?.place === 'end'
    const { content } = this.#content
    const main = await this.#list(content.filter((block) => !isEnd(block)))
    const end = await this.#list(content.filter(isEnd))
    return { main, end, styles: [...this.#used].flatMap(({ styles }) => styles ?? []), keys: this.#keys }
  }

  async #list(blocks: readonly BlockData[]): Promise<Markup[]> {
    const rendered: Markup[] = []
    for (const block of blocks) {
      const markup = await this.#block(block)
      if (markup !== undefined) rendered.push(markup)
    }
    return rendered
  }

  async #block(data: BlockData): Promise<Awaited<Markup> | undefined> {
    const { catalog, language, address, images = plainImages, preview, answers, onLeftOut } = this.#options
    const block = catalog.get(data.type)
    const key = `B${this.#keys.size + 1}`
    this.#keys.set(data.props.id, key)
    if (!block) {
      onLeftOut?.(data, `There is no block "${data.type}": the plugin that brought it may be switched off.`)
      return undefined
    }
    // What was stored under an older definition of the block may lack what the new one needs.
    const props = block.props.safeParse(data.props)
    if (!props.success) {
      const [issue] = props.error.issues
      onLeftOut?.(data, `${['props', ...(issue?.path ?? [])].join('.')} ${issue?.message}`)
      return undefined
    }
    const { id } = data.props
    const slots = new Map<string, Markup[]>()
    for (const name of block.slots?.(props.data) ?? []) {
      const within = data.props[name]
      if (isSlot(within)) slots.set(name, await this.#list(within))
    }
    try {
      const markup = await block.render(props.data, {
        language,
        key,
        id,
        image: (image, options) => images.tag(image, options),
        slot: (name) => slots.get(name) ?? [],
        formAddress: preview ? null : `${new URL(address).pathname}/forms/${encodeURIComponent(id)}`,
        answer: answers?.get(id),
      })
      this.#used.add(block)
      return markup
    } catch (error) {
      onLeftOut?.(data, `It could not be rendered: ${(error as Error).message}`)
      return undefined
    }
  }
}

/** "fr-CA" → "fr_CA", as Open Graph writes it. */
function openGraphLocale(language: string): string {
  const { language: tongue, region } = new Intl.Locale(language)
  return region ? `${tongue}_${region}` : tongue
}
