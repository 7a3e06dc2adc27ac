import type { Block } from './block.ts'
import { callToAction } from './callToAction.ts'
import { features } from './features.ts'
import { footer } from './footer.ts'
import { hero } from './hero.ts'
import { prose } from './prose.ts'

/** Every kind of block, by its type. A new one goes here. */
// biome-ignore lint/suspicious/noExplicitAny: blocks with props of any type stand side by side
export const catalog: ReadonlyMap<string, Block<any>> = new Map(
  [hero, prose, features, callToAction, footer].map((block) => [block.type, block]),
)
