import { said } from '@espalier/core'
import { html } from 'hono/html'
import { z } from 'zod'
import { anchor, defineBlock, type Markup, shortText, text } from './block.ts'
import { fieldNames } from './fieldNames.ts'
import { described, named } from './fieldWords.ts'

const pixels = z
  .int(said({ en: 'is not a whole number of pixels', fr: 'n’est pas un nombre entier de pixels' }))
  .gte(1, said({ en: 'is less than 1', fr: 'est inférieur à 1' }))
  .lte(20_000, said({ en: 'is more than 20,000', fr: 'dépasse 20 000' }))

const picture = z
  .object({
    imageId: z.uuid(said({ en: 'is not the id of an image', fr: 'n’est pas l’identifiant d’une image' })).optional(),
    src: shortText(2_000)
      .refine(
        (value) => /^(https:\/\/|\/(?![/\\]))/i.test(value) && !/[\s\\]/.test(value),
        said({
          en: 'must start with https:// or /, and have no space or backslash',
          fr: 'doit commencer par https:// ou /, sans espace ni barre oblique inversée',
        }),
      )
      .optional(),
    /** What it shows, for those who do not see it. Empty: decoration. */
    alt: named(shortText(300), { en: 'What it shows', fr: 'Ce qu’elle montre' }),
    /** Of the original. The browser keeps the room free while it loads. */
    width: pixels.optional(),
    height: pixels.optional(),
  })
  .refine(
    ({ imageId, src }) => (imageId === undefined) !== (src === undefined),
    said({ en: 'needs either imageId or src', fr: 'demande imageId ou src' }),
  )
  .refine(({ src, width, height }) => src === undefined || (width !== undefined && height !== undefined), {
    message: said({
      en: 'needs width and height along with src, so that the page does not jump while it loads',
      fr: 'demande la largeur et la hauteur avec src, pour que la page ne saute pas en chargeant',
    }),
  })

/** A picture: one of the workspace's own by `imageId`, or one at an address by `src`. */
export const image = described(picture, { label: fieldNames.image, input: 'image' })

export type Image = z.output<typeof image>

export interface ImageOptions {
  /** CSS `sizes`: how wide it is shown. Default: the width of the column, `(min-width: 60rem) 57rem, 100vw`. */
  readonly sizes?: string
  /** In the first screenful: load it before everything else. Default false: when it comes near. */
  readonly first?: boolean
}

/** Turns images into markup, and into addresses for those who share the page. */
export interface ImageRenderer {
  /** The `<img>`, or nothing where the image is not there any more. */
  tag(image: Image, options?: ImageOptions): Markup
  /** Absolute address, or one on this site; undefined where the image is not there any more. */
  address(image: Image): string | undefined
}

/** Images as they are at their addresses, in one size. */
export const plainImages: ImageRenderer = {
  tag: (picture, { first = false } = {}) => {
    const { src, alt, width, height } = picture
    if (!src) return html``
    return html`<img src="${src}" alt="${alt}" width="${width}" height="${height}" ${first ? html`fetchpriority="high"` : html`loading="lazy"`} decoding="async">`
  },
  address: ({ src }) => src,
}

/** A picture with a caption. */
export const imageBlock = defineBlock({
  type: 'Image',
  description: 'A picture, with a caption under it.',
  label: { en: 'Image', fr: 'Image' },
  purpose: { en: 'A picture, with a caption under it.', fr: 'Une image, avec une légende dessous.' },
  props: z.object({ anchor: anchor.optional(), image, caption: named(text(300), fieldNames.caption).optional() }),
  styles: 'figure{margin:0}figcaption{margin-top:.5rem;font-size:.95rem}',
  render: ({ anchor, image, caption }, page) => html`<section${anchor ? html` id="${anchor}"` : ''}>
<figure>${page.image(image)}${caption ? html`<figcaption>${caption}</figcaption>` : ''}</figure>
</section>`,
})
