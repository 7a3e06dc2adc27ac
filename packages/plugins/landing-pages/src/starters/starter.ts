import type { Told } from '@espalier/core'
import type { PageContent } from '../content.ts'

/** What a new page may begin as. Everything in it is there to be written over. */
export interface Starter {
  /** Stable: "product". */
  readonly key: string
  readonly title: Told
  /** What kind of page it is for, in a sentence. */
  readonly purpose: Told
  /** @param say picks the words in the language of the page */
  readonly content: (say: Say) => PageContent
}

export type Say = (en: string, fr: string) => string
