import pLimit from 'p-limit'
import type { Sharp, SharpOptions } from 'sharp'
import type { ImageFormat, ImageWidth } from './imageSizes.ts'

/** Most pixels of an image that is decoded: a file of a few kilobytes may claim any number. */
export const maxPixels = 50_000_000

/** How long one image may take. Seconds. */
const timeoutSeconds = 30

/** Decoding and encoding take a core each: more at once would only wait for each other, and take memory. */
const limit = pLimit(2)

/** What the pixels of a file are, upright. Throws where they cannot be decoded. */
export async function measure(bytes: Uint8Array): Promise<{ width: number; height: number }> {
  return limit(async () => {
    const { autoOrient } = await (await open(bytes)).metadata()
    return { width: autoOrient.width, height: autoOrient.height }
  })
}

/**
 * An image in a width and a format, without its metadata (where a photograph was taken, with what). Never wider than the
 * original; of an animation, its first picture.
 */
export async function resize(
  bytes: Uint8Array,
  width: ImageWidth,
  format: ImageFormat,
): Promise<Uint8Array<ArrayBuffer>> {
  return limit(async () => {
    const image = (await open(bytes)).autoOrient().resize({ width, withoutEnlargement: true })
    return new Uint8Array(await encode(image, format).toBuffer())
  })
}

function encode(image: Sharp, format: ImageFormat): Sharp {
  switch (format) {
    case 'avif':
      return image.avif({ quality: 55, effort: 3 })
    case 'webp':
      return image.webp({ quality: 78 })
    case 'jpg':
      // JPEG has no transparency; white is what the picture stood on most likely.
      return image.flatten({ background: '#fff' }).jpeg({ quality: 80, progressive: true })
  }
}

async function open(bytes: Uint8Array): Promise<Sharp> {
  const sharp = await load()
  const options: SharpOptions = { limitInputPixels: maxPixels, failOn: 'error', sequentialRead: true, pages: 1 }
  return sharp(bytes, options).timeout({ seconds: timeoutSeconds })
}

let loaded: Promise<typeof import('sharp')['default']> | undefined

/** Late, for it loads a library of 15 MB that servers without uploads never need. */
function load(): Promise<typeof import('sharp')['default']> {
  loaded ??= import('sharp').then(({ default: sharp }) => {
    // Of libvips' many readers (SVG, PDF, TIFF, raw camera files …) only those of the formats that are taken.
    sharp.block({ operation: ['VipsForeignLoad'] })
    sharp.unblock({
      operation: ['Jpeg', 'Png', 'Webp', 'Heif', 'Nsgif'].map((reader) => `VipsForeignLoad${reader}`),
    })
    sharp.cache(false)
    return sharp
  })
  return loaded
}
