import { said } from '@espalier/core'
import { html } from 'hono/html'
import { z } from 'zod'
import { type ImageFormat, type ImageWidth, imagePath, imageWidths, widthsFor } from './imageSizes.ts'

/** What an image's key looks like: 24 bytes in base64url. */
export const imageKey = z
  .string()
  .regex(
    /^[A-Za-z0-9_-]{32}$/,
    said({ en: 'is no key of an uploaded image', fr: 'n’est pas la clé d’une image envoyée' }),
  )

/** What an image is described with. Empty for decoration, which screen readers skip. */
export const alternativeText = z
  .string()
  .trim()
  .refine(
    (value) => value.length <= 300 && value.isWellFormed() && !value.includes('\0'),
    said({ en: 'is no text of at most 300 characters', fr: 'n’est pas un texte de 300 caractères au plus' }),
  )
  .default('')

/** What the tag of an uploaded image says. */
export interface ShownImage {
  readonly key: string
  /** Pixels of the original. */
  readonly width: number
  readonly height: number
  readonly alt: string
}

export interface ImageTagOptions {
  /** How wide it is shown, as in HTML's `sizes`. Default: as wide as the window, and at most 60rem. */
  readonly sizes?: string
  /** The first thing that visitors see: fetched at once, ahead of others. Default: when it comes into view. */
  readonly first?: boolean
}

/** An image in the format and the size that fits each browser, with its room kept free while it loads. */
export function imageTag(
  image: ShownImage,
  { sizes = '(min-width: 60rem) 60rem, 100vw', first }: ImageTagOptions = {},
) {
  const { key, width, height, alt } = image
  const fetching = first ? html`fetchpriority="high"` : html`loading="lazy"`
  return html`<picture><source type="image/avif" srcset="${sourceSet(image, 'avif')}" sizes="${sizes}"><img src="${imagePath(key, fallbackWidth(width), 'webp')}" srcset="${sourceSet(image, 'webp')}" sizes="${sizes}" width="${width}" height="${height}" alt="${alt}" ${fetching} decoding="async"></picture>`
}

/** Address of an image for link previews (Open Graph), which want one size in a format that everything reads. */
export function previewImage(image: ShownImage, publicUrl: string): string {
  return publicUrl + imagePath(image.key, 1280, 'jpg')
}

function sourceSet({ key, width }: ShownImage, format: ImageFormat): string {
  return widthsFor(width)
    .map((step) => `${imagePath(key, step, format)} ${Math.min(step, width)}w`)
    .join(', ')
}

function fallbackWidth(width: number): ImageWidth {
  return widthsFor(width).findLast((step) => step <= 960) ?? imageWidths[0]
}
