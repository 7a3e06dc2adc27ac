import { html } from 'hono/html'
import { type Image, type ImageRenderer, plainImages } from '../blocks/image.ts'
import { imageTag, previewImage, type ShownImage } from './imageTag.ts'

/** Shows uploaded images in the sizes that fit each browser, and images of other sites as they are. */
export function imageRenderer(images: ReadonlyMap<string, ShownImage>, publicUrl: string): ImageRenderer {
  const find = ({ imageId }: Image) => (imageId ? images.get(imageId) : undefined)
  return {
    tag: (image, options) => {
      const found = find(image)
      if (!found) return image.src ? plainImages.tag(image, options) : html``
      return imageTag({ ...found, alt: image.alt }, options)
    },
    address: (image) => {
      const found = find(image)
      return found ? previewImage(found, publicUrl) : image.src
    },
  }
}

/** Ids of the uploaded images that a page's content names, wherever in it. */
export function imageIdsIn(content: unknown): string[] {
  const ids = new Set<string>()
  const walk = (value: unknown): void => {
    if (value === null || typeof value !== 'object') return
    for (const [name, part] of Object.entries(value)) {
      if (name === 'imageId' && typeof part === 'string') ids.add(part)
      else walk(part)
    }
  }
  walk(content)
  return [...ids]
}
