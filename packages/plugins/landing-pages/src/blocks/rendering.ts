import type { Markup } from './block.ts'
import type { Image, ImageOptions } from './image.ts'

/** What a block knows of the page that it is rendered in. */
export interface Rendering {
  /** Language of the page, BCP 47. */
  readonly language: string
  /** Unique in the page, and safe as the start of an HTML id. No anchor of a person's can be the same. */
  readonly key: string
  /** `props.id` of the block. */
  readonly id: string
  /** The markup of an image, in the sizes that are there. */
  image(image: Image, options?: ImageOptions): Markup
  /** The blocks within a slot of this block. */
  slot(name: string): readonly Markup[]
  /** Where a form of this block is posted to. Null in a preview: nothing is sent from there. */
  readonly formAddress: string | null
  /** What a visitor has just sent that has to be shown again. */
  readonly answer: FormAnswer | undefined
}

/** A form that was sent and not taken, shown again with what is to be mended. */
export interface FormAnswer {
  /** What is wrong as a whole, in the language of the page. */
  readonly message: string
  /** By the name of the field. */
  readonly errors: Readonly<Record<string, string>>
  readonly values: Readonly<Record<string, string>>
}
