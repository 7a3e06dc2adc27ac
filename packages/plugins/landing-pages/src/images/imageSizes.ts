/** Widths in which images are served, in pixels. No other is made, so that nobody can have work done without end. */
export const imageWidths = [320, 640, 960, 1280, 1920, 2560] as const
export type ImageWidth = (typeof imageWidths)[number]

/** Formats in which images are served, the smallest first. JPEG is for what reads no other, such as link previews. */
export const imageFormats = ['avif', 'webp', 'jpg'] as const
export type ImageFormat = (typeof imageFormats)[number]

/** The widths that an image of `width` pixels is offered in: those below its own, and the first that holds all of it. */
export function widthsFor(width: number): ImageWidth[] {
  const whole = imageWidths.findIndex((step) => step >= width)
  return imageWidths.slice(0, whole === -1 ? imageWidths.length : whole + 1)
}

/** Path of an image. It changes with the image's bytes, so that it may be kept forever. */
export function imagePath(key: string, width: ImageWidth, format: ImageFormat): string {
  return `/images/${key}/${width}.${format}`
}
