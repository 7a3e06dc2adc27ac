import { StartError } from '@espalier/core'
import type { Block } from './block.ts'
import { callToAction } from './callToAction.ts'
import { columns } from './columns.ts'
import { faq } from './faq.ts'
import { features } from './features.ts'
import { footer } from './footer.ts'
import { form } from './form.ts'
import { hero } from './hero.ts'
import { imageBlock } from './image.ts'
import { logos } from './logos.ts'
import { pricing } from './pricing.ts'
import { prose } from './prose.ts'
import { testimonials } from './testimonials.ts'

/** Blocks with props of any type stand side by side. */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type AnyBlock = Block<any>

const builtIn: readonly AnyBlock[] = [
  hero,
  prose,
  features,
  imageBlock,
  testimonials,
  pricing,
  faq,
  logos,
  columns,
  form,
  callToAction,
  footer,
]

/** The kinds of blocks that pages are made of: those that come along, and those that plugins add. */
export class Catalog {
  readonly #blocks = new Map<string, AnyBlock>(builtIn.map((block) => [block.type, block]))
  #closed = false

  get types(): readonly string[] {
    return [...this.#blocks.keys()]
  }

  get blocks(): readonly AnyBlock[] {
    return [...this.#blocks.values()]
  }

  get(type: string): AnyBlock | undefined {
    return this.#blocks.get(type)
  }

  /** @throws StartError for a type that exists or is no name, and once pages are served */
  add(block: AnyBlock): void {
    const { type, styles = '' } = block
    if (!/^[A-Z][A-Za-z0-9]{0,60}$/.test(type))
      throw new StartError(
        'BLOCK_INVALID',
        `A block is named "${type}". Use letters and digits and start with a capital, such as "PriceTable".`,
      )
    if (this.#blocks.has(type))
      throw new StartError(
        'BLOCK_DUPLICATED',
        `The block "${type}" is defined twice. Give one of them another type, such as the plugin's name and "${type}".`,
      )
    if (/<\//.test(styles))
      throw new StartError('BLOCK_INVALID', `The styles of the block "${type}" hold "</", which would end them early.`)
    if (this.#closed)
      throw new StartError('BLOCK_LATE', `The block "${type}" is added after the start. Add it in the plugin's setup.`)
    this.#blocks.set(type, block)
  }

  /** From now on the catalog stays as it is. */
  close(): void {
    this.#closed = true
  }
}
